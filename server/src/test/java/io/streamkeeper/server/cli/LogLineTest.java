package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {
    private final LoggerContext context = new LoggerContext();

    /** The library's encoder says what each part looks like. */
    @ParameterizedTest
    @ValueSource(strings = {"io.streamkeeper.server.Engine", "Engine", "trailing.", ""})
    void aLineIsWhatThePatternSays(String name) {
        PatternLayoutEncoder pattern = new PatternLayoutEncoder();
        pattern.setContext(context);
        pattern.setCharset(StandardCharsets.UTF_8);
        pattern.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %msg%n");
        pattern.start();
        Throwable failure = new IllegalStateException("outer", new IOException("inner"));
        for (Level level : new Level[] {Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG}) {
            for (Throwable thrown : new Throwable[] {null, failure}) {
                LoggingEvent event = event(name, level, thrown);
                assertThat(new String(new LogLine().encode(event), StandardCharsets.UTF_8))
                        .isEqualTo(new String(pattern.encode(event), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void aLineOfJsonIsOneObject() throws IOException {
        LogLine line = new LogLine();
        line.format(LogFormat.JSON);
        LoggingEvent event = event("io.streamkeeper.server.Engine", Level.WARN, new IOException("two\n\"lines\""));
        event.setThreadName("main");

        String written = new String(line.encode(event), StandardCharsets.UTF_8);

        assertThat(written)
                .startsWith(
                        "{\"time\":\"2025-11-26T09:40:00.007Z\",\"level\":\"warn\","
                                + "\"logger\":\"io.streamkeeper.server.Engine\",\"thread\":\"main\","
                                + "\"message\":\"the disk /dev/vda is full: \u00e4\u0662\",\"stack\":\"java.io.IOException: two\\n\\\"lines")
                .endsWith("\"}\n");
        assertThat(written.lines()).hasSize(1);
        try (JsonParser parser = new JsonFactory().createParser(written)) {
            parser.nextToken();
            parser.skipChildren();
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
        }
    }

    private LoggingEvent event(String name, Level level, @Nullable Throwable thrown) {
        Logger logger = context.getLogger("any");
        LoggingEvent event = new LoggingEvent(
                LogLineTest.class.getName(), logger, level, "the disk {} is full: \u00e4\u0662", thrown, new Object[] {
                    "/dev/vda"
                });
        event.setLoggerName(name);
        event.setInstant(Instant.ofEpochMilli(1_764_150_000_007L));
        return event;
    }
}
