"""Makes weights as CTranslate2 reads them of published checkpoints, without PyTorch."""
