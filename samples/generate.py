"""Writes samples/documents: everything that a small island cooperative might keep.

    python samples/generate.py [FOLDER]

All people, places and firms are invented. Equal library versions write equal bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from making import hwpx, office, pdfs, plain

HERE = Path(__file__).parent


def documents() -> dict[str, bytes]:
    """Every sample by its path."""
    report, contract = pdfs.annual_report(), office.contract()
    return {
        "handbook/annual-report-2025.pdf": report,
        "handbook/employee-guide.docx": office.employee_guide(),
        "handbook/취업규칙.pdf": pdfs.work_rules(),
        "handbook/harbour-notice-2026-4.scan.pdf": pdfs.scanned_notice(),
        "handbook/annual-report-2025.upload.pdf": pdfs.broken(report),
        "handbook/turbine-t2-lessons.pptx": office.slides(),
        "handbook/visitors.html": plain.VISITORS.encode(),
        "handbook/runbooks/tide-gauge-offline.md": plain.RUNBOOK.encode(),
        "handbook/태풍 대비 수칙.txt": plain.storm_rules(),
        "handbook/양식장 안전 점검 계획.hwpx": hwpx.document(),
        "finance/maintenance-agreement.docx": contract,
        "finance/archive/Copy of maintenance-agreement.docx": contract,
        "finance/제158차 이사회 회의록.docx": office.minutes(),
        "finance/budget-2026.xlsx": office.budget(),
        "finance/수확 기록 2025.csv": plain.harvest(),
        "finance/T2 점검 결과.eml": plain.mail(pdfs.inspection()),
    }


def write(folder: Path) -> list[Path]:
    written = []
    for path, data in documents().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        written.append(file)
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "documents"
    for file in write(target):
        print(f"{file.stat().st_size:>8}  {file.relative_to(target)}")
