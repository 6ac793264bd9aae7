"""The command line of the test servers, and what it means for python-engineio."""

import argparse


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ping-interval", type=float, default=25)
    parser.add_argument("--ping-timeout", type=float, default=20)
    parser.add_argument("--transports", default="polling,websocket")
    parser.add_argument("--allow-upgrades", type=int, default=1)
    parser.add_argument("--cookie", default=None)
    parser.add_argument("--http-compression", type=int, default=1)
    parser.add_argument("--max-http-buffer-size", type=int, default=1_000_000)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    return parser.parse_args()


def engine_options(options):
    return {
        "ping_interval": options.ping_interval,
        "ping_timeout": options.ping_timeout,
        "transports": options.transports.split(","),
        "allow_upgrades": bool(options.allow_upgrades),
        "cookie": options.cookie,
        "http_compression": bool(options.http_compression),
        "max_http_buffer_size": options.max_http_buffer_size,
    }
