"""A folder of notes into LanceDB by LlamaIndex, as its guide to ingestion with document management
shows it. Run by `benchmarks/peers.py` with the peers' own Python.

    python llamaindex_notes.py NOTES MODEL STATE
"""

import sys
from pathlib import Path

from llama_index.core import SimpleDirectoryReader
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.lancedb import LanceDBVectorStore
from transformers import AutoTokenizer


class Lance(LanceDBVectorStore):
    """Its own `delete` puts the name of a document in double quotes, which today's LanceDB takes
    for that of a column."""

    def delete(self, ref_doc_id: str, **_: object) -> None:
        name = ref_doc_id.replace("'", "''")
        self.table.delete(f"doc_id = '{name}'")


notes, model, state = sys.argv[1:]
store = Path(state) / "docstore.json"
tokenizer = AutoTokenizer.from_pretrained(model)
pipeline = IngestionPipeline(
    transformations=[
        SentenceSplitter(chunk_size=256, chunk_overlap=0, tokenizer=tokenizer.tokenize),
        HuggingFaceEmbedding(
            model_name=model,
            device="cpu",
            embed_batch_size=32,
            query_instruction="query: ",
            text_instruction="passage: ",
        ),
    ],
    vector_store=Lance(
        uri=str(Path(state) / "lance"), mode="append" if store.exists() else "overwrite"
    ),
    docstore=SimpleDocumentStore.from_persist_path(str(store))
    if store.exists()
    else SimpleDocumentStore(),
    docstore_strategy=DocstoreStrategy.UPSERTS_AND_DELETE,
    disable_cache=True,
)
documents = SimpleDirectoryReader(notes, recursive=True, filename_as_id=True).load_data()
pipeline.run(documents=documents)
pipeline.docstore.persist(str(store))
