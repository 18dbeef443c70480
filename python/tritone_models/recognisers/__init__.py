"""Neural networks behind the speech policy; each knows its weights and nothing of Triton."""
