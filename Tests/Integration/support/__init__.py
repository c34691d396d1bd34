"""What the tests share: the server process, a raw HTTP client, readers of streams, metrics and documents."""
