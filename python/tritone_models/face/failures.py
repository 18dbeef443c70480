"""Why a picture makes no avatar: rows of the server's error table, `[code] fields`."""

from tritone_models.errors import ModelError


class BadPictureError(ModelError):
    """A picture that no avatar can be made of."""

    code = "BAD_PICTURE"


def not_a_picture() -> BadPictureError:
    return BadPictureError("[avatar.not_a_picture]")


def picture_too_large(megapixels: int) -> BadPictureError:
    return BadPictureError(f"[avatar.picture_too_large] {megapixels} megapixels")


def no_face() -> BadPictureError:
    return BadPictureError("[avatar.no_face]")


def several_faces(count: int) -> BadPictureError:
    return BadPictureError(f"[avatar.several_faces] {count}")


def face_too_small(pixels: int, limit: int) -> BadPictureError:
    return BadPictureError(f"[avatar.face_too_small] {pixels} {limit}")


def face_turned() -> BadPictureError:
    return BadPictureError("[avatar.face_turned]")
