package io.streamkeeper.server.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes an event as one line with time, level, name and message, and the stack trace in further lines. The library's
 * encoder for patterns loads 110 classes at each start. Safe for use by any thread.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {
    private static final int LEVEL_WIDTH = 5;

    /** With its time zone, whose file could not be opened later if no descriptor is left. */
    private final DateTimeFormatter time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    private volatile LogFormat format = LogFormat.TEXT;

    /** Changes the format of the following lines. */
    void format(LogFormat newFormat) {
        format = newFormat;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return format == LogFormat.JSON ? JsonLogLine.encode(event) : encodeText(event);
    }

    private byte[] encodeText(ILoggingEvent event) {
        StringBuilder line = new StringBuilder();
        time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(Math.max(0, LEVEL_WIDTH - level.length())));
        String name = event.getLoggerName();
        line.append(' ').append(name, name.lastIndexOf('.') + 1, name.length());
        line.append(" - ").append(event.getFormattedMessage()).append(System.lineSeparator());
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
