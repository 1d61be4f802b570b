"""Show in the console a page that was written as Markdown: headings one level down, a button beside each block."""

from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_LEVELS: Final = {"h1": "h2", "h2": "h3", "h3": "h4"}


class _Blocks(RendererHTML):
    """Render code so that a keyboard can scroll it and one button copies it."""

    def fence(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        name = f"block-{idx}"
        return (
            f'<div class="copied"><pre id="{name}" tabindex="0"><code>{escapeHtml(tokens[idx].content)}</code></pre>'
            f'<fs-copy for="{name}"><button type="button" class="button" hidden>Copy</button></fs-copy></div>\n'
        )

    def code_block(self, tokens: Sequence[Token], idx: int, *more: Any) -> str:
        return self.fence(tokens, idx, *more)

    def heading_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"<{_LEVELS[tokens[idx].tag]}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"</{_LEVELS[tokens[idx].tag]}>\n"


_PARSER: Final = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Blocks)


def shown_markdown(text: str) -> Markup:
    """Return Markdown as HTML; tags in it are shown as text, and links with a scheme of their own stay text."""
    return Markup(_PARSER.render(text))  # noqa: S704 - the renderer escapes everything, tags included
