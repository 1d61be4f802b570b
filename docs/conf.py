"""Build the documentation: MyST pages, the Furo theme, nothing remote, warnings as errors."""

project = "Flagstaff"
author = "The Flagstaff founders"
project_copyright = "the Flagstaff founders, Apache-2.0"
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence", "fieldlist"]
myst_heading_anchors = 3
myst_url_schemes = {"http": None, "https": None}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Flagstaff"
html_copy_source = False
html_show_sphinx = False
nitpicky = True
suppress_warnings: list[str] = []
