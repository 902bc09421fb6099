package io.streamkeeper.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    private String shown() {
        return terminal.toString(StandardCharsets.UTF_8);
    }

    private Progress begin(AtomicLong read, long total) {
        return Progress.begin(new PrintStream(terminal, true, StandardCharsets.UTF_8), read::get, total);
    }

    @Test
    void aToolThatWorksLongerThanASecondShowsALineAndErasesItForOthers() {
        AtomicLong read = new AtomicLong(5);
        List<String> lines = new ArrayList<>();
        try (Progress progress = begin(read, 4 << 20)) {
            read.addAndGet(1 << 20);
            await().until(() -> shown().contains(" 25 %  1 of 4 MiB  1 s"));
            progress.above(line -> lines.add(shown() + line)).accept("shard 0");
        }
        assertThat(lines).singleElement().asString().endsWith("\r\u001b[Kshard 0");
        assertThat(shown()).startsWith("\r\u001b[K 25 %").endsWith("\r\u001b[K");
    }

    @Test
    void aShortToolShowsNothing() {
        begin(new AtomicLong(), 100).close();
        begin(new AtomicLong(), 0).close();
        assertThat(shown()).isEmpty();
    }
}
