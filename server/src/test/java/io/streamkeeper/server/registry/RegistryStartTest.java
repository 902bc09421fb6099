package io.streamkeeper.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.Message;
import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.BlockingStreams;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes of a registry that lacks changes. */
@Timeout(90)
class RegistryStartTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path directory;

    private DurableStreams open(boolean registry) throws IOException {
        return open(config -> config.data(data -> data.directory(directory).registry(registry)));
    }

    private static DurableStreams open(UnaryOperator<ServerConfig.Builder> settings) throws IOException {
        return DurableStreams.open(settings.apply(ServerConfig.builder().listen(listen -> listen.shards(2)))
                .build());
    }

    private static List<JsonNode> messages(DurableStreams streams) {
        try {
            List<JsonNode> messages = new ArrayList<>();
            for (Message message : streams.blocking().readMessages("__registry__", From.beginning())) {
                messages.add(MAPPER.readTree(message.toString()));
            }
            return messages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The content type of each stream that exists, as the messages say. */
    private static Map<String, String> fold(DurableStreams streams) {
        Map<String, String> types = new TreeMap<>();
        for (JsonNode message : messages(streams)) {
            if (!message.path("type").asText().equals("stream")) {
                continue;
            }
            String key = message.get("key").asText();
            if (!message.get("headers").get("operation").asText().equals("delete")) {
                types.put(key, message.get("value").get("contentType").asText());
            } else {
                types.remove(key);
            }
        }
        return types;
    }

    private static void awaitFold(DurableStreams streams, Map<String, String> expected) {
        await().until(() -> fold(streams).equals(expected) && isUpToDate(streams));
    }

    private static boolean isUpToDate(DurableStreams streams) throws Exception {
        return streams.metrics().get(10, TimeUnit.SECONDS).value(Metric.REGISTRY_BEHIND_SECONDS) == 0;
    }

    @Test
    void whatHappenedWithoutItIsAdded() throws Exception {
        try (DurableStreams streams = open(true)) {
            for (String name : List.of("a", "b", "c")) {
                streams.blocking().create(name, CreateOptions.text());
            }
            awaitFold(streams, Map.of("a", "text/plain", "b", "text/plain", "c", "text/plain"));
        }
        try (DurableStreams streams = open(false)) {
            BlockingStreams blocking = streams.blocking();
            blocking.delete("a");
            blocking.delete("b");
            blocking.create("b", CreateOptions.json());
            blocking.create("d", CreateOptions.json());
            blocking.append("__registry__", Content.json("[{\"type\":\"other\",\"key\":\"c\"}, 1, {\"headers\":2}]"));
        }
        try (DurableStreams streams = open(true)) {
            awaitFold(streams, Map.of("b", "application/json", "c", "text/plain", "d", "application/json"));
            int count = messages(streams).size();
            streams.blocking().create("e", CreateOptions.text());
            await().until(() -> messages(streams).size() == count + 1);
        }
        int count;
        try (DurableStreams streams = open(true)) {
            count = messages(streams).size();
            streams.blocking().create("f", CreateOptions.text());
            await().until(() -> fold(streams).containsKey("f"));
            assertThat(messages(streams))
                    .as("what a start without changes adds")
                    .hasSize(count + 1);
        }
    }

    @Test
    void aChangedContentTypeIsAddedWithoutADeletion() throws Exception {
        try (DurableStreams streams = open(true)) {
            streams.blocking().create("a", CreateOptions.text());
            awaitFold(streams, Map.of("a", "text/plain"));
            streams.blocking().changeMetadata("a", MetadataOptions.none().contentType("text/markdown"));
        }
        try (DurableStreams streams = open(true)) {
            awaitFold(streams, Map.of("a", "text/markdown"));
            assertThat(messages(streams))
                    .extracting(
                            message -> message.get("headers").get("operation").asText())
                    .containsExactly("insert", "update");
        }
        try (DurableStreams streams = open(true)) {
            await().until(() -> isUpToDate(streams));
            assertThat(messages(streams)).hasSize(2);
        }
    }

    @Test
    void oneThatAClientHasDeletedOrClosedIsBegunAgain() throws Exception {
        try (DurableStreams streams = open(true)) {
            streams.blocking().create("a", CreateOptions.text());
            awaitFold(streams, Map.of("a", "text/plain"));
        }
        try (DurableStreams streams = open(false)) {
            streams.blocking().close("__registry__", AppendOptions.none());
            streams.blocking().create("b", CreateOptions.text());
        }
        try (DurableStreams streams = open(true)) {
            awaitFold(streams, Map.of("a", "text/plain", "b", "text/plain"));
        }
        try (DurableStreams streams = open(false)) {
            streams.blocking().delete("__registry__");
            streams.blocking().delete("b");
        }
        try (DurableStreams streams = open(true)) {
            awaitFold(streams, Map.of("a", "text/plain"));
        }
    }

    @Test
    @LogsFaults("the registry")
    void aStreamOfAnotherTypeIsLeftAsItIs() throws Exception {
        try (DurableStreams streams = open(false)) {
            streams.blocking().create("__registry__", CreateOptions.of(Content.text("mine")));
        }
        try (DurableStreams streams = open(true)) {
            streams.blocking().create("a", CreateOptions.text());
            assertThat(streams.blocking().read("__registry__", From.beginning()).text())
                    .isEqualTo("mine");
            await().until(() -> !isUpToDate(streams));
        }
    }

    @Test
    void programsOnlyReadIt() throws Exception {
        try (DurableStreams streams = open(true)) {
            BlockingStreams blocking = streams.blocking();
            assertThatThrownBy(() -> blocking.append("__registry__", Content.json("1")))
                    .isInstanceOf(StreamException.Invalid.class)
                    .hasMessageContaining("written by the server only");
            assertThatThrownBy(() -> blocking.delete("__registry__")).isInstanceOf(StreamException.Invalid.class);
            assertThatThrownBy(() -> blocking.changeMetadata(
                            "__registry__", MetadataOptions.none().maxMessages(1)))
                    .isInstanceOf(StreamException.Invalid.class)
                    .hasMessageContaining("written by the server only");
            assertThatThrownBy(() -> blocking.create("__registry__", CreateOptions.json()))
                    .isInstanceOf(StreamException.Invalid.class);
            assertThatThrownBy(() -> blocking.create("copy", CreateOptions.forkOf("__registry__")))
                    .isInstanceOf(StreamException.Invalid.class)
                    .hasMessageContaining("cannot be forked");
        }
    }

    @Test
    void oneThatExpiresOrHasRetentionIsBegunAgain() throws Exception {
        for (CreateOptions options : List.of(
                CreateOptions.json().ttl(Duration.ofHours(1)),
                CreateOptions.json().maxBytes(1_000))) {
            try (DurableStreams streams = open(false)) {
                streams.blocking().create("__registry__", options);
                streams.blocking().append("__registry__", Content.json("1"));
            }
            try (DurableStreams streams = open(true)) {
                awaitFold(streams, Map.of());
                assertThat(messages(streams)).isEmpty();
                StreamMetadata metadata = streams.blocking().metadata("__registry__");
                assertThat(metadata.expiry()).isEqualTo(Expiry.never());
                assertThat(metadata.retention()).isEqualTo(Retention.none());
            }
            try (DurableStreams streams = open(false)) {
                streams.blocking().delete("__registry__");
            }
        }
    }

    @Test
    @LogsFaults("the registry")
    void aClosedOneWithForksIsKeptUntilTheyAreDeleted() throws Exception {
        try (DurableStreams streams = open(false)) {
            streams.blocking().create("__registry__", CreateOptions.json());
            streams.blocking().append("__registry__", Content.json("1"));
            streams.blocking().close("__registry__", AppendOptions.none());
            streams.blocking().create("fork", CreateOptions.forkOf("__registry__"));
        }
        try (DurableStreams streams = open(true)) {
            await().during(1, TimeUnit.SECONDS).until(() -> messages(streams).size() == 1 && !isUpToDate(streams));
            streams.blocking().delete("fork");
            await().ignoreExceptions().until(() -> messages(streams).isEmpty() && isUpToDate(streams));
        }
    }

    @Test
    void theLimitOfStreamsDoesNotConcernIt() throws Exception {
        try (DurableStreams streams = open(false)) {
            streams.blocking().create("a", CreateOptions.text());
        }
        try (DurableStreams streams = open(config ->
                config.data(data -> data.directory(directory).registry(true)).limits(limits -> limits.streamsMax(1)))) {
            awaitFold(streams, Map.of("a", "text/plain"));
            assertThatThrownBy(() -> streams.blocking().create("b", CreateOptions.text()))
                    .isInstanceOf(StreamException.class);
        }
    }
}
