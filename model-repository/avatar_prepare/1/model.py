"""avatar_prepare: a portrait or a short video becomes an avatar."""

from tritone_models.face.service import serve_avatar_preparation

TritonPythonModel = serve_avatar_preparation()
