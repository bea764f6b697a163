"""The documentation's site: scripts/docs.sh builds it, without a network."""

import pathlib
import re

here = pathlib.Path(__file__).parent
project = "Evident"
author = "the authors of Evident"
copyright = "the authors of Evident"
release = re.search(r"project\(evident VERSION ([\d.]+)", (here.parent / "CMakeLists.txt").read_text())[1]
version = release

extensions = ["myst_parser", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
highlight_language = "none"

html_theme = "furo"
html_title = f"Evident {release}"
html_static_path = ["_static", "../build/docs/static"]
html_css_files = ["evident.css"]
html_show_sphinx = False
html_copy_source = False
pygments_style = "tango"
pygments_dark_style = "monokai"

# Debian's MathJax 2.7, which scripts/docs.sh copies beside the pages. Glyphs come as SVG paths: fonts
# would not load from a page that is opened as a file.
mathjax_path = "mathjax/MathJax.js?config=TeX-AMS_SVG"
mathjax2_config = {
    "showMathMenu": False,
    "messageStyle": "none",
    "tex2jax": {
        "inlineMath": [["\\(", "\\)"]],
        "displayMath": [["\\[", "\\]"]],
        "ignoreClass": "tex2jax_ignore|mathjax_ignore|document",
        "processClass": "tex2jax_process|mathjax_process|math|output_area",
    },
    "SVG": {"font": "TeX", "scale": 95, "undefinedFamily": "serif"},
}
# MyST would write the same for MathJax 3.
myst_update_mathjax = False
