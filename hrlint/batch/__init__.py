"""Tables of notes: a batch of texts goes in, a table of findings comes out.

    from hrlint.batch import BatchSettings, scan
    findings = scan(record_batch, BatchSettings())

`scan` is the whole of it; `hrlint batch` runs it over files in several processes (`run`), and
`hrlint.spark` on a cluster. Needs pyarrow: `pip install "hrlint[batch]"`.
"""

from hrlint.batch.scanning import BatchSettings, Scanned, Scanner, scan, schema

__all__ = ["BatchSettings", "Scanned", "Scanner", "scan", "schema"]
