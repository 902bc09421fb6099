package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.EntityTag;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.server.http.decode.Decimals;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head of one response into a buffer: the status line and the fields, prebuilt if they are constant. A value
 * is derived from checked input, or created by the server; one that comes from a client is written without the
 * characters that would end the field.
 */
final class ResponseHead {
    private static final byte[][] STATUS_LINES = new byte[600][];

    private static final int CRLF = '\r' << 8 | '\n';

    private static final int COLON = ':' << 8 | ' ';

    private final ByteBuf out;
    private int varies;

    static {
        // The reason phrase is optional, so every status has a line.
        for (int status = 100; status < STATUS_LINES.length; status++) {
            line(status, "");
        }
        line(100, "Continue");
        line(200, "OK");
        line(201, "Created");
        line(202, "Accepted");
        line(204, "No Content");
        line(304, "Not Modified");
        line(307, "Temporary Redirect");
        line(308, "Permanent Redirect");
        line(400, "Bad Request");
        line(401, "Unauthorized");
        line(403, "Forbidden");
        line(404, "Not Found");
        line(405, "Method Not Allowed");
        line(408, "Request Timeout");
        line(409, "Conflict");
        line(410, "Gone");
        line(412, "Precondition Failed");
        line(413, "Content Too Large");
        line(414, "URI Too Long");
        line(415, "Unsupported Media Type");
        line(417, "Expectation Failed");
        line(422, "Unprocessable Content");
        line(429, "Too Many Requests");
        line(431, "Request Header Fields Too Large");
        line(500, "Internal Server Error");
        line(501, "Not Implemented");
        line(503, "Service Unavailable");
        line(505, "HTTP Version Not Supported");
        line(507, "Insufficient Storage");
    }

    private static void line(int status, String reason) {
        STATUS_LINES[status] = ascii("HTTP/1.1 " + status + " " + reason + "\r\n");
    }

    /** Begins a response in {@code out}, which {@link #finish} returns. */
    ResponseHead(ByteBuf out, int status) {
        this.out = out;
        out.writeBytes(STATUS_LINES[status]);
    }

    /** Writes one or more prebuilt fields, with their line ends. */
    ResponseHead fields(byte[] prebuilt) {
        out.writeBytes(prebuilt);
        return this;
    }

    /** Notes what the response depends on, for the one field {@code Vary}. */
    ResponseHead varies(Vary by) {
        varies |= by.bit();
        return this;
    }

    ResponseHead field(ResponseField name, CharSequence value) {
        out.writeBytes(name.prefix());
        write(value);
        return end();
    }

    /** Writes a field of a response of another server. */
    ResponseHead passed(CharSequence name, CharSequence value) {
        write(name);
        ByteBufUtil.writeShortBE(out, COLON);
        write(value);
        return end();
    }

    private void write(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.writeByte(c < ' ' || c > 0xff ? '?' : c);
        }
    }

    ResponseHead field(String name, String value) {
        out.writeBytes(ResponseField.line(name, value));
        return this;
    }

    ResponseHead field(ResponseField name, long value) {
        out.writeBytes(name.prefix());
        Decimals.write(out, value);
        return end();
    }

    ResponseHead field(ResponseField name, Offset value) {
        out.writeBytes(name.prefix());
        value.writeTo(out);
        return end();
    }

    private ResponseHead end() {
        ByteBufUtil.writeShortBE(out, CRLF);
        return this;
    }

    ResponseHead field(ResponseField name, EntityTag value) {
        out.writeBytes(name.prefix());
        value.writeTo(out);
        return end();
    }

    /** Ends the head; returns the buffer that it was written into. */
    ByteBuf finish() {
        out.writeBytes(Vary.fieldOf(varies));
        end();
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
