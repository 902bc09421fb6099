package io.streamkeeper.server.subscription.webhook;

import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why an attempt failed, for people: one short line of printable ASCII, without any part of a URL's query. */
final class Reasons {
    private static final int LENGTH_MAX = 200;

    private Reasons() {}

    /** The reason of a failure while {@code doing} something. */
    static String of(String doing, @Nullable Throwable cause) {
        String kind;
        if (cause instanceof SSLException) {
            kind = "TLS failed while ";
        } else if (cause instanceof ConnectException) {
            kind = "the connection failed while ";
        } else if (cause instanceof UnknownHostException) {
            kind = "the name is not known: failed while ";
        } else {
            kind = "failed while ";
        }
        return printable(kind + doing + ": " + messageOf(cause));
    }

    private static String messageOf(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        return message == null ? String.valueOf(cause) : message;
    }

    /** The beginning of a text. */
    static String printable(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), LENGTH_MAX); i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c > '~' ? '?' : c);
        }
        return line.toString();
    }
}
