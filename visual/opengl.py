"""Is there OpenGL to draw with? Asked before VTK is imported, which would crash without it."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import lru_cache

from twin.errors import MissingSystemLibrary
from twin.i18n import _

PACKAGES = ("libegl1", "libgl1-mesa-dri")  # Debian and Ubuntu
EGL_PLATFORM_DEVICE = 0x313F  # EGL_EXT_platform_device


def prepare() -> None:
    """Choose off-screen drawing, which needs no display, and make sure that it works.

    A choice of the user's own in VTK's variable stands. Raises MissingSystemLibrary, naming the
    packages to install, where VTK would crash.
    """
    if not sys.platform.startswith("linux") or "VTK_DEFAULT_OPENGL_WINDOW" in os.environ:
        return
    if has_egl():
        os.environ["VTK_DEFAULT_OPENGL_WINDOW"] = "vtkEGLRenderWindow"
    elif not os.environ.get("DISPLAY"):
        raise MissingSystemLibrary(
            _(
                "Pictures need OpenGL, and its libraries are not installed. "
                "Debian and Ubuntu: apt-get install {packages}"
            ).format(packages=" ".join(PACKAGES)),
            packages=list(PACKAGES),
        )


@lru_cache(maxsize=1)
def has_egl() -> bool:
    """Whether an off-screen device of EGL can be initialised."""
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError:
        return False
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
    query, display = (
        egl.eglGetProcAddress(name) for name in (b"eglQueryDevicesEXT", b"eglGetPlatformDisplayEXT")
    )
    if not query or not display:
        return False
    devices = (ctypes.c_void_p * 8)()
    count = ctypes.c_int(0)
    ask = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(query)
    ask(8, ctypes.addressof(devices), ctypes.addressof(count))
    open_ = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(
        display
    )
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    for device in devices[: count.value]:
        shown = open_(EGL_PLATFORM_DEVICE, device, None)
        if shown and egl.eglInitialize(shown, None, None):
            return True
    return False
