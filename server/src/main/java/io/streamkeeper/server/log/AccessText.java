package io.streamkeeper.server.log;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.AccessLogConfig.Format;
import io.streamkeeper.server.config.TenantPattern;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The text of a line of the access log: an object of JSON, or short, in which the values are separated by spaces and
 * {@code -} is an absent one. Used by one thread.
 */
final class AccessText implements LineQueue.Encoder<AccessLine> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final int DECIMALS = 3;

    private final Format format;
    private final String root;
    private final @Nullable TenantPattern tenants;

    /**
     * The form of all lines.
     *
     * @param root what the path of a stream begins with
     * @param tenants which tenant a stream belongs to; null if there are none
     */
    AccessText(Format format, String root, @Nullable TenantPattern tenants) {
        this.format = format;
        this.root = root;
        this.tenants = tenants;
    }

    @Override
    public byte[] encode(AccessLine line, long droppedBefore) {
        StringBuilder text = new StringBuilder();
        if (format == Format.JSON) {
            json(text, line, droppedBefore);
        } else {
            brief(text, line, droppedBefore);
        }
        // A surrogate without its other half, which a name of a token may contain, becomes a question mark.
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    // ---- short ----

    private static void brief(StringBuilder text, AccessLine line, long droppedBefore) {
        if (droppedBefore > 0) {
            text.append("# ").append(droppedBefore).append(" lines were dropped\n");
        }
        TIME.formatTo(Instant.ofEpochMilli(line.timeMillis()), text);
        text.append(' ').append(line.client() == null ? "-" : line.client().getHostAddress());
        text.append(' ').append(line.subject() == null ? "-" : word(line.subject()));
        text.append(' ').append(line.method()).append(' ').append(word(line.path()));
        text.append(' ').append(line.status() == 0 ? "-" : Integer.toString(line.status()));
        text.append(' ')
                .append(
                        line.code() == null
                                ? line.isWhole() ? "-" : "cut"
                                : line.code().code());
        text.append(' ')
                .append(line.requestBytes())
                .append(' ')
                .append(line.responseBytes())
                .append(' ');
        millis(text, line.waitNanos());
        text.append("ms ");
        millis(text, line.nanos());
        text.append("ms ").append(line.id());
    }

    /** A text without spaces, unchanged; any other as a string of JSON in which the spaces are escaped. */
    private static String word(String text) {
        boolean isWord = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"');
        if (isWord) {
            return text;
        }
        StringBuilder quoted = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return '"' + quoted.toString().replace(" ", "\\u0020") + '"';
    }

    /** Milliseconds with three decimals. */
    private static void millis(StringBuilder text, long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        String decimals = Long.toString(micros % 1_000);
        text.append(micros / 1_000)
                .append('.')
                .append("0".repeat(DECIMALS - decimals.length()))
                .append(decimals);
    }

    // ---- JSON ----

    private void json(StringBuilder text, AccessLine line, long droppedBefore) {
        text.append("{\"time\":\"");
        TIME.formatTo(Instant.ofEpochMilli(line.timeMillis()), text);
        text.append('"');
        add(text, "id", line.id());
        add(text, "client", line.client() == null ? null : line.client().getHostAddress());
        add(text, "subject", line.subject());
        add(text, "tenant", tenant(line));
        add(text, "operation", line.operation().label());
        add(text, "method", line.method());
        add(text, "path", line.path());
        add(text, "protocol", line.protocol());
        if (line.status() != 0) {
            text.append(",\"status\":").append(line.status());
        }
        add(text, "code", line.code() == null ? null : line.code().code());
        text.append(",\"requestBytes\":").append(line.requestBytes());
        text.append(",\"responseBytes\":").append(line.responseBytes());
        text.append(",\"waitMillis\":");
        millis(text, line.waitNanos());
        text.append(",\"durationMillis\":");
        millis(text, line.nanos());
        if (!line.isWhole()) {
            text.append(",\"cut\":true");
        }
        if (droppedBefore > 0) {
            text.append(",\"droppedBefore\":").append(droppedBefore);
        }
        text.append('}');
    }

    private static void add(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(",\"").append(name).append("\":\"");
            JsonStringEncoder.getInstance().quoteAsString(value, text);
            text.append('"');
        }
    }

    private @Nullable String tenant(AccessLine line) {
        if (tenants == null || !line.operation().isOfStream() || !line.path().startsWith(root)) {
            return null;
        }
        try {
            return tenants.tenantOf(
                    StreamPath.parse(line.path().substring(root.length())).value());
        } catch (RefusedException e) {
            return null;
        }
    }
}
