package io.streamkeeper.server.log;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.metrics.Operation;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the access log has of one request, when its response is complete or its connection has ended.
 *
 * @param timeMillis when that was, in milliseconds since 1970 UTC
 * @param id of the request
 * @param client the address that sent it; null if it is not known
 * @param subject the name of who sent it; null for nobody who is known by a name
 * @param operation as metrics count it
 * @param method as received; {@code -} for bytes that are no request
 * @param path as received, without the query; {@code -} for bytes that are no request
 * @param protocol the version of HTTP
 * @param status of the response; 0 if none was begun
 * @param code of the refusal; null for none
 * @param requestBytes of the request's body
 * @param responseBytes of the response, its head included
 * @param waitNanos from the arrival of the whole request to the beginning of its response; to its end if there was none
 * @param nanos from the arrival of the whole request to the end of the response
 * @param isWhole whether the response was written to its end
 */
public record AccessLine(
        long timeMillis,
        String id,
        @Nullable InetAddress client,
        @Nullable String subject,
        Operation operation,
        String method,
        String path,
        String protocol,
        int status,
        @Nullable ErrorCode code,
        long requestBytes,
        long responseBytes,
        long waitNanos,
        long nanos,
        boolean isWhole) {
    /** The longest path of a line; of a longer one, the beginning is logged. */
    public static final int PATH_MAX = 2_048;

    private static final int METHOD_MAX = 32;
    private static final int OBJECT_BYTES = 256;

    /** Shortens texts that clients choose. */
    public AccessLine {
        path = shortened(path, PATH_MAX);
        method = shortened(method, METHOD_MAX);
    }

    private static String shortened(String text, int max) {
        return text.length() > max ? text.substring(0, max) : text;
    }

    /** The heap that the line takes, about. */
    int memoryBytes() {
        return OBJECT_BYTES + path.length() + id.length() + (subject == null ? 0 : 2 * subject.length());
    }
}
