package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Describes a request of a blocking call that has no response. */
final class Unreachable {
    private Unreachable() {}

    /** Returns what to throw: an exception of the API if the network is the cause, else the cause itself. */
    static RuntimeException explained(HttpRequest request, @Nullable Throwable cause) {
        if (cause instanceof IOException || cause instanceof TimeoutException) {
            URI uri = request.uri();
            String server = uri.getScheme() + "://" + uri.getRawAuthority();
            return new StreamException.Unavailable(
                    HttpFeed.UNREACHABLE, 0, server + " cannot be reached: " + reason(cause), cause);
        }
        return cause instanceof RuntimeException other ? other : new IllegalStateException(cause);
    }

    /** The JDK's exceptions of connections have no message. */
    private static String reason(Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "no response arrived in time";
        }
        if (cause instanceof ConnectException) {
            for (Throwable each = cause; each != null; each = each.getCause()) {
                if (each instanceof UnresolvedAddressException) {
                    return "the name of the host is unknown";
                }
            }
            return "nothing accepts connections there";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
