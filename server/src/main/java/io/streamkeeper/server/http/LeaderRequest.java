package io.streamkeeper.server.http;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request of a client as a member sends it to the leader: the same method, target, body and fields, among them the
 * credentials, so that the leader decides about them; and that it was passed on.
 */
final class LeaderRequest {
    /** Fields of the connection of the client, and those that are set below. */
    private static final Set<HeaderName> OF_CONNECTION = Collections.unmodifiableSet(EnumSet.of(
            HeaderName.HOST,
            HeaderName.CONNECTION,
            HeaderName.CONTENT_LENGTH,
            HeaderName.TRANSFER_ENCODING,
            HeaderName.EXPECT,
            HeaderName.X_FORWARDED_FOR,
            HeaderName.X_REQUEST_ID,
            HeaderName.X_STREAM_FORWARDED));

    private static final char DELETE = 0x7f;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LeaderRequest() {}

    /** Path and query of a request, as received; a byte that no URL may contain is percent-encoded. */
    static String target(HttpRequest request) {
        String text = request.query() == null ? request.path() : request.path() + "?" + request.query();
        StringBuilder target = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < DELETE) {
                target.append(c);
            } else {
                target.append('%').append(HEX.toHighHexDigit(c)).append(HEX.toLowHexDigit(c));
            }
        }
        return target.toString();
    }

    /** A request with a new reference to the same body. */
    static FullHttpRequest of(HttpRequest request, Exchange exchange, @Nullable SocketAddress client) {
        HttpHeaders fields = new DefaultHttpHeaders();
        for (HeaderName name : HeaderName.values()) {
            String value = OF_CONNECTION.contains(name) ? null : request.header(name);
            if (value != null) {
                fields.add(name.text(), bytes(value));
            }
        }
        String authority = request.authority();
        fields.set(HttpHeaderNames.HOST, bytes(authority == null ? "" : authority));
        if (request.method() != Method.GET || request.body().isReadable()) {
            fields.set(HttpHeaderNames.CONTENT_LENGTH, request.body().readableBytes());
        }
        fields.set(HeaderName.X_STREAM_FORWARDED.text(), "1");
        String id = exchange.requestId() == null ? request.header(HeaderName.X_REQUEST_ID) : exchange.requestId();
        if (id != null) {
            fields.set(HeaderName.X_REQUEST_ID.text(), bytes(id));
        }
        addClient(fields, request.header(HeaderName.X_FORWARDED_FOR), client);
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(request.methodText()),
                target(request),
                request.body().retainedDuplicate(),
                fields,
                EmptyHttpHeaders.INSTANCE);
    }

    /** A value as it was received; as a string, only ASCII would be sent. */
    private static AsciiString bytes(String value) {
        return new AsciiString(value.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    /** Adds the address of the client, which the leader uses if it trusts this member as a proxy. */
    private static void addClient(HttpHeaders fields, @Nullable String before, @Nullable SocketAddress client) {
        if (client instanceof InetSocketAddress internet && internet.getAddress() != null) {
            String address = internet.getAddress().getHostAddress();
            fields.set(HeaderName.X_FORWARDED_FOR.text(), bytes(before == null ? address : before + ", " + address));
        }
    }

    /** Whether it does no harm to execute a request twice: it changes nothing, or a producer numbers it. */
    static boolean isRepeatable(HttpRequest request) {
        return request.method() == Method.GET || request.method() == Method.HEAD || request.has(HeaderName.PRODUCER_ID);
    }
}
