package io.streamkeeper.server.http;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.limit.ClientKey;
import io.streamkeeper.server.log.AccessLine;
import io.streamkeeper.server.log.AccessLog;
import io.streamkeeper.server.security.Principal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the access log needs of a request until its line is written, in addition to its {@link Exchange}. Exists only if
 * there is an access log. Owned by the connection's loop.
 */
final class AccessEntry {
    private static final String NONE = "-";

    private final String id;
    private final long requestBytes;
    private int status;
    private @Nullable ErrorCode code;
    private long waitNanos;

    private AccessEntry(String id, long requestBytes) {
        this.id = id;
        this.requestBytes = requestBytes;
    }

    /** The entry of a request; null if the received bytes are not one. */
    static AccessEntry of(@Nullable HttpRequest request) {
        return request == null
                ? new AccessEntry(AccessLog.id(null, null), 0)
                : new AccessEntry(
                        AccessLog.id(request.header(HeaderName.X_REQUEST_ID), request.header(HeaderName.TRACEPARENT)),
                        request.body().readableBytes());
    }

    /** The id of the request. */
    String id() {
        return id;
    }

    /** The response was begun. */
    void answered(int newStatus, @Nullable ErrorCode newCode, long nanos) {
        status = newStatus;
        code = newCode;
        waitNanos = nanos;
    }

    /**
     * Adds the line of the request, which has left its connection; nothing if it was an interim response.
     *
     * @param responseBytes that were written
     * @param isWhole whether its response was written to its end
     */
    void end(Exchange exchange, ConnectionHandler connection, AccessLog log, long responseBytes, boolean isWhole) {
        HttpRequest request = exchange.request();
        if (request == null && status == 0) {
            return;
        }
        long nanos = exchange.elapsedNanos();
        boolean isAdded = log.add(new AccessLine(
                connection.server().clock().nowMillis(),
                id,
                client(connection, request),
                subject(exchange.principal()),
                exchange.operation(),
                request == null ? NONE : request.methodText(),
                request == null ? NONE : request.path(),
                protocol(request),
                status,
                code,
                requestBytes,
                responseBytes,
                status == 0 ? nanos : waitNanos,
                nanos,
                isWhole));
        if (!isAdded) {
            connection.loop().counters().accessLineDropped();
        }
    }

    private static String protocol(@Nullable HttpRequest request) {
        if (request == null) {
            return NONE;
        }
        return request.isHttp2() ? "HTTP/2" : request.isHttp10() ? "HTTP/1.0" : "HTTP/1.1";
    }

    private static @Nullable String subject(@Nullable Principal principal) {
        return principal == null || principal.isAnonymous() ? null : principal.name();
    }

    /** The address of the client, as trusted proxies name it. */
    private static @Nullable InetAddress client(ConnectionHandler connection, @Nullable HttpRequest request) {
        if (!(connection.channel().remoteAddress() instanceof InetSocketAddress peer) || peer.getAddress() == null) {
            return null;
        }
        AddressRanges proxies = connection.server().proxies();
        String forwarded = request == null || proxies.isEmpty() ? null : request.header(HeaderName.X_FORWARDED_FOR);
        return ClientKey.behind(peer.getAddress(), forwarded, proxies);
    }
}
