package io.streamkeeper.server.tls;

import org.jspecify.annotations.Nullable;

/** The files of TLS cannot be used. The message names the file, the reason and a remedy, and contains no secret. */
final class TlsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TlsException(String message) {
        this(message, null);
    }

    TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
