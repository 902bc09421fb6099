package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartLevelsTest {
    private static LoggerContext context(String written) {
        LoggerContext context = new LoggerContext();
        StartLevels.parse(written).applyTo(context);
        return context;
    }

    private static Level level(LoggerContext context, String logger) {
        return context.getLogger(logger).getEffectiveLevel();
    }

    @Test
    void loggersMayHaveLevelsOfTheirOwn() {
        assertThat(StartLevels.parse("info")).isEqualTo(new StartLevels(Level.INFO, Map.of()));
        assertThat(StartLevels.parse("WARN, a.b=debug,c = error"))
                .isEqualTo(new StartLevels(Level.WARN, Map.of("a.b", Level.DEBUG, "c", Level.ERROR)));

        LoggerContext context = context("warn,a.b=debug");
        assertThat(level(context, "a")).isEqualTo(Level.WARN);
        assertThat(level(context, "a.b.C")).isEqualTo(Level.DEBUG);
    }

    @Test
    void theNoiseOfTheNetworkStaysOutUnlessItIsNamed() {
        assertThat(level(context("debug"), "io.netty.channel")).isEqualTo(Level.WARN);
        assertThat(level(context("debug"), "io.netty.util.internal.MacAddressUtil"))
                .isEqualTo(Level.ERROR);
        assertThat(level(context("debug"), "io.streamkeeper")).isEqualTo(Level.DEBUG);
        assertThat(level(context("debug,io.netty=debug"), "io.netty.channel")).isEqualTo(Level.DEBUG);
        assertThat(level(context("error"), "io.netty.channel")).isEqualTo(Level.ERROR);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|''",
                "loud|loud",
                "warn,|''",
                "warn,a|a",
                "warn,a=loud|loud",
                "warn,=info|=info",
                "a=info|a=info"
            })
    void whatIsNotValidIsRefusedAndNamed(String written, String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StartLevels.parse(written))
                .withMessageContaining("'" + wrong + "' is not a log")
                .withMessageContaining("expected error, warn, info or debug");
    }
}
