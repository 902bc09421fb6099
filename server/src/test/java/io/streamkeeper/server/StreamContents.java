package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Streams of all kinds, to compare a store with another one that was made from it. */
final class StreamContents {
    private static final int LONG_BYTES = 300_000;
    private static final String PRODUCER = "p";
    private static final List<String> PATHS = List.of(
            "long", "json", "closed", "trimmed", "fork", "fork-of-deleted", "ttl", "produced", "many/0", "many/99");

    private StreamContents() {}

    /** Makes the streams, a part of them before what {@code between} does. */
    static void make(BlockingStreams streams, Runnable between) throws InterruptedException {
        streams.create("long", CreateOptions.text());
        streams.append("long", Content.text("long ".repeat(LONG_BYTES / 5)));
        streams.create("json", CreateOptions.json());
        streams.append("json", Content.json("[{\"n\":1},{\"n\":2}]"));
        streams.create("deleted", CreateOptions.text());
        streams.append("deleted", Content.text("only forks have this"));
        streams.create("fork-of-deleted", CreateOptions.forkOf("deleted"));
        streams.create("again", CreateOptions.text());
        streams.create("trimmed", CreateOptions.json().maxMessages(2));
        for (int each = 0; each < 100; each++) {
            streams.create("many/" + each, CreateOptions.text());
            streams.append("many/" + each, Content.text("first of " + each));
        }
        between.run();
        streams.append("long", Content.text("and its end"));
        streams.append("json", Content.json("[{\"n\":3}]"));
        streams.create("closed", CreateOptions.text());
        streams.append("closed", Content.text("last"), AppendOptions.none().closing());
        streams.append("trimmed", Content.json("[1,2,3,4,5]"));
        streams.create("fork", CreateOptions.forkOf("long"));
        streams.append("fork", Content.text(" of the fork"));
        streams.append("fork-of-deleted", Content.text(", and this"));
        streams.delete("deleted");
        streams.delete("again");
        streams.create("ttl", CreateOptions.text().ttl(Duration.ofDays(1)));
        streams.create("produced", CreateOptions.text());
        for (int seq = 0; seq < 3; seq++) {
            produce(streams, seq);
        }
        streams.append("many/99", Content.text("second of 99"));
    }

    private static AppendResult produce(BlockingStreams streams, int seq) throws InterruptedException {
        return streams.append(
                "produced", Content.text("<" + seq + ">"), AppendOptions.none().producer(PRODUCER, 1, seq));
    }

    /** What readers see. */
    static Map<String, String> of(BlockingStreams streams) throws InterruptedException {
        Map<String, String> contents = new TreeMap<>();
        for (String path : PATHS) {
            contents.put(path, text(streams, path) + " " + streams.metadata(path));
        }
        for (String path : List.of("deleted", "again")) {
            assertThatThrownBy(() -> streams.metadata(path))
                    .as(path)
                    .isInstanceOfAny(StreamException.NotFound.class, StreamException.Deleted.class);
        }
        return contents;
    }

    private static String text(BlockingStreams streams, String path) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        From from = path.equals("trimmed") ? From.offset(streams.metadata(path).earliestOffset()) : From.beginning();
        while (true) {
            Batch batch = streams.read(path, from);
            text.append(batch.text());
            if (batch.upToDate()) {
                return text.toString();
            }
            from = From.offset(batch.nextOffset());
        }
    }

    /** The producer continues where it was; the path of a deleted stream without forks is free, the other one is not. */
    static void assertContinues(BlockingStreams streams) throws InterruptedException {
        assertThat(produce(streams, 2).wrote()).isFalse();
        assertThatThrownBy(() -> produce(streams, 4)).isInstanceOf(StreamException.ProducerGap.class);
        assertThat(produce(streams, 3).wrote()).isTrue();
        assertThat(text(streams, "produced")).isEqualTo("<0><1><2><3>");
        assertThatThrownBy(() -> streams.append("closed", Content.text("x")))
                .isInstanceOf(StreamException.Closed.class);
        streams.create("again", CreateOptions.text());
        assertThatThrownBy(() -> streams.create("deleted", CreateOptions.text()))
                .isInstanceOf(StreamException.class);
        streams.delete("again");
    }
}
