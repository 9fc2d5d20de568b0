"""A one-page PDF that says what it stands for: the proof of a sample lender, which has no real paper."""

from __future__ import annotations


def proof(title: str, code: str) -> bytes:
    """The same words give the same bytes."""
    page = f"BT /F1 24 Tf 72 720 Td ({title}) Tj 0 -36 Td ({code}) Tj 0 -36 Td (Invented. Not a real document.) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{end}").encode("ascii")
