package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.ChannelException;
import java.lang.reflect.InvocationTargetException;
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
        Throwable told = cause;
        // Netty wraps the reason why a socket cannot be created.
        while ((told instanceof ChannelException || told instanceof InvocationTargetException)
                && told.getCause() != null) {
            told = told.getCause();
        }
        String message = told == null ? null : told.getMessage();
        return message == null ? String.valueOf(told) : message;
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
