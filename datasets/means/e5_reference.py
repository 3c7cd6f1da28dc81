"""multilingual-e5-small in PyTorch with SentencePiece: the same vectors as ilk's to 1e-5, for learning and measuring means."""

import collections
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "benchmarks/peers"))

try:
    import numpy as np
    import torch
    from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

    from embedding_peers import E5S1, WEIGHTS, Encoder
except ImportError as missing:
    sys.exit(f"{missing.name} is missing; run scripts/setup --embedding-peers and use .venv/bin/python")


class Reference:
    """Vectors of texts, kept in a cache folder by their digest."""

    def __init__(self, cache, weights=WEIGHTS):
        charsmap = weights.parent / "normalizer.charsmap"
        for path in (weights, charsmap):
            if not path.exists():
                sys.exit(f"{path} is not there; run scripts/fetch-models")
        torch.set_num_threads(1)
        self.weights, self.charsmap, self.model = weights, charsmap, None
        cache.mkdir(parents=True, exist_ok=True)
        self.path, self.known = cache / "vectors.npz", {}
        if self.path.exists():
            kept = np.load(self.path)
            self.known = dict(zip(kept["digests"].tolist(), kept["vectors"]))

    def load(self):
        file = E5S1(self.weights)
        self.model = Encoder(file)
        proto = sentencepiece_model_pb2.ModelProto()
        trainer, normalizer = proto.trainer_spec, proto.normalizer_spec
        trainer.model_type, trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = 1, 0, 1, 2, -1
        normalizer.name, normalizer.precompiled_charsmap = "nmt_nfkc", self.charsmap.read_bytes()
        for piece, score, kind in [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3)] + [
                (file.piece(number), float(file.scores[number]), 1) for number in range(4, file.piece_count - 1)]:
            proto.pieces.add(piece=piece, score=score, type=kind)
        self.tokenizer = SentencePieceProcessor(model_proto=proto.SerializeToString())

    def ids(self, text):
        # The model's ids are SentencePiece's and one more; its unknown piece is 3.
        return [0] + [number + 1 if number else 3 for number in self.tokenizer.encode(text)][:510] + [2]

    def vectors(self, texts, kind, tokens=2_048):
        """Unit vectors of texts behind a prompt, `query` or `passage`."""
        names = [hashlib.sha256(f"{kind}: {text}".encode()).hexdigest()[:24] for text in texts]
        new = {name: f"{kind}: {text}" for name, text in zip(names, texts) if name not in self.known}
        if new:
            if self.model is None:
                self.load()
            waiting = sorted(((self.ids(text), name) for name, text in new.items()), key=lambda one: len(one[0]))
            waiting = collections.deque(waiting)
            while waiting:
                batch = [waiting.popleft()]
                while waiting and len(waiting[0][0]) * (len(batch) + 1) <= tokens:
                    batch.append(waiting.popleft())
                self.known |= zip((name for _, name in batch), self.run([ids for ids, _ in batch]))
            np.savez(self.path.with_suffix(".partial.npz"), digests=list(self.known), vectors=np.array(list(self.known.values())))
            self.path.with_suffix(".partial.npz").rename(self.path)
        return np.array([self.known[name] for name in names])

    def run(self, batch):
        longest = max(map(len, batch))
        ids = torch.ones((len(batch), longest), dtype=torch.int64)
        mask = torch.zeros((len(batch), longest), dtype=torch.bool)
        for row, one in enumerate(batch):
            ids[row, :len(one)], mask[row, :len(one)] = torch.tensor(one), True
        with torch.inference_mode():
            return self.model(ids, None if mask.all() else mask).numpy()
