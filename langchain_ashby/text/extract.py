"""Takes the text out of a PDF or a Word file, as a program of its own: strangers wrote the file.

    python extract.py pdf < file

writes JSON, `{"pages": 2, "text": …}` or `{"error": …}`. It takes no more memory and time than stated here, has no
settings of the application in its environment, and runs no other code of this package.
"""

import io
import json
import sys
import zipfile

MOST_PAGES = 100
"""The most pages that are read."""
MOST_CHARACTERS = 500_000
"""The most text that is given back."""
MOST_MEMORY = 1024**3
"""The memory that it may take, in bytes."""
MOST_SECONDS = 20
"""The processor time that it may take."""
MOST_UNPACKED = 50 * 1024**2
"""The bytes to which a Word file may unpack."""


def main() -> None:
    """Reads a file of the kind in the first argument from the standard input."""
    _limit()
    content = sys.stdin.buffer.read()
    try:
        found = _pdf(content) if sys.argv[1] == "pdf" else _docx(content)
    except Exception as error:  # whatever the libraries find wrong with a file from outside
        found = {"error": type(error).__name__}
    json.dump(found, sys.stdout)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's time limit holds there
        return
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _pdf(content: bytes) -> dict[str, object]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    texts: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        texts.append(page.extract_text())
        if sum(map(len, texts)) > MOST_CHARACTERS:
            break
    return {"pages": len(reader.pages), "read": len(texts), "text": "\n\n".join(texts)[:MOST_CHARACTERS]}


def _docx(content: bytes) -> dict[str, object]:
    from docx import Document
    from docx.table import Table

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(it.file_size for it in archive.infolist()) > MOST_UNPACKED:
            return {"error": "TooLarge"}
    texts: list[str] = []
    for part in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            texts += ["\t".join(cell.text for cell in row.cells) for row in part.rows]
        else:
            texts.append(part.text)
    return {"text": "\n".join(texts)[:MOST_CHARACTERS]}


if __name__ == "__main__":
    main()
