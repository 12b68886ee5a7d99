"""The settings of the project plus the reference page, and a header that tells how many queries a page made."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.QueryCountMiddleware", *MIDDLEWARE]
TEMPLATES[0]["DIRS"] = [BASE_DIR / "bench" / "templates"]  # noqa: F405
