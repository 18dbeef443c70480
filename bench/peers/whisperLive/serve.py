"""WhisperLive's own websocket server, unmodified, on given weights. Serves until it is killed."""

import argparse

from whisper_live.server import TranscriptionServer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--weights", required=True, help="folder of CTranslate2 weights")
    parser.add_argument("--max-clients", type=int, required=True)
    parser.add_argument("--model-each", action="store_true", help="a model a client, not one")
    options = parser.parse_args()
    TranscriptionServer().run(
        "127.0.0.1",
        port=options.port,
        backend="faster_whisper",
        faster_whisper_custom_model_path=options.weights,
        single_model=not options.model_each,
        max_clients=options.max_clients,
        max_connection_time=3600,
    )


if __name__ == "__main__":
    main()
