package io.streamkeeper.server.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

/** Writes an event of the log as an object of JSON on one line: time in UTC, level, logger, message and stack trace. */
final class JsonLogLine {
    private JsonLogLine() {}

    static byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder("{\"time\":\"")
                .append(Instant.ofEpochMilli(event.getTimeStamp()))
                .append('"');
        add(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        add(line, "logger", event.getLoggerName());
        add(line, "thread", event.getThreadName());
        add(line, "message", event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            add(line, "stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(StringBuilder line, String name, String value) {
        line.append(",\"").append(name).append("\":\"");
        JsonStringEncoder.getInstance().quoteAsString(value, line);
        line.append('"');
    }
}
