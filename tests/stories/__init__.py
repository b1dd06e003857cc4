"""Stories a merchandiser could read, told by real server processes over HTTP and WebSockets."""
