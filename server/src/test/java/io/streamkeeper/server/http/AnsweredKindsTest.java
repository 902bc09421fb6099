package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.ParsingConnection;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.StreamListing;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.storage.Kinds;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every kind of intent and every kind of outcome has a response of its own: a new kind fails here until it has a
 * request that comes to it, and a response.
 */
@Timeout(60)
class AnsweredKindsTest {
    /** A request and the status and body of its response; a body of null is any. */
    private record Sample(String method, String target, String body, int status, String answer) {
        String requestLine() {
            return method + " " + target;
        }
    }

    private static final List<Sample> INTENTS = List.of(
            new Sample("GET", "/health", "", 200, "{\"status\":\"ok\"}"),
            new Sample("OPTIONS", "/v1/stream/a", "", 204, ""),
            new Sample("PURGE", "/v1/stream/a", "", 405, null),
            new Sample("GET", "/v1/stream/?after=a", "", 200, "{\"streams\":[],\"prefixes\":[]}"),
            new Sample("GET", "/v1/stream/?live=sse", "", 200, null),
            new Sample("GET", "/v1/stream/none", "", 404, null),
            new Sample("GET", "/v1/stream/?live=sse&stream=absent@-1", "", 200, null),
            new Sample("POST", "/v1/stream/?session=absent", "{}", 404, null));

    private static final List<Sample> OUTCOMES = List.of(
            new Sample("PUT", "/v1/stream/a", "one", 201, ""),
            new Sample("POST", "/v1/stream/a", "two", 204, ""),
            new Sample("GET", "/v1/stream/a?offset=-1", "", 200, "onetwo"),
            new Sample("HEAD", "/v1/stream/a", "", 200, ""),
            new Sample("PATCH", "/v1/stream/a", "", 200, ""),
            new Sample("DELETE", "/v1/stream/a", "", 204, ""),
            new Sample("GET", "/v1/stream/a?offset=-1", "", 404, null));

    private static final String TYPE = "Content-Type: text/plain\r\n";

    @Test
    void everyKindOfIntentIsAnsweredAsItself() throws Exception {
        List<Intent> intents = new ArrayList<>();
        try (ParsingConnection connection = new ParsingConnection()) {
            for (Sample sample : INTENTS) {
                intents.add(connection.intent(sample.requestLine(), "", sample.body()));
            }
        }
        Kinds.assertComplete(Intent.class, intents);
        assertAnswered(INTENTS);
    }

    @Test
    void everyKindOfOutcomeIsAnsweredAsItself() throws Exception {
        Kinds.assertComplete(Outcome.class, outcomes());
        assertAnswered(OUTCOMES);
    }

    /** What the shards of a server without connections make of the requests. */
    private static List<Outcome> outcomes() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Shards shards = new Shards(TestStores.inMemory(1, 1 << 24, Clock.SYSTEM), loops);
        try (ParsingConnection connection = new ParsingConnection()) {
            List<Outcome> outcomes = new ArrayList<>();
            for (Sample sample : OUTCOMES) {
                Command command = connection.command(sample.requestLine(), TYPE, sample.body());
                CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                shards.of(command.path()).execute(command, 1 << 20, outcome::complete);
                outcomes.add(outcome.get(10, TimeUnit.SECONDS));
                if (outcome.join() instanceof Outcome.Chunk chunk) {
                    chunk.bytes().release();
                }
            }
            outcomes.add(listed(shards, loops.next()));
            // The answer to a call of the Java API only.
            outcomes.add(new Outcome.Changes(List.of(), new ListingPosition(0, 0), true));
            return outcomes;
        } finally {
            shards.close();
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** The outcome of a listing, which no command is: {@link #everyKindOfIntentIsAnsweredAsItself} has its request. */
    private static Outcome listed(Shards shards, EventLoop loop) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Budget budget = new Budget("listings", 1 << 20);
        StreamListing.start(shards, new ListQuery("", null, 1, false), path -> true, budget, loop, outcome::complete);
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private static void assertAnswered(List<Sample> samples) throws IOException, InterruptedException {
        DurableStreamsServer server = DurableStreamsServer.start(ServerConfig.builder()
                .listen(listen -> listen.port(0).transport(Transport.NIO).shards(1))
                .live(live -> live.sseSessionMillis(100))
                .data(data -> data.durability(Durability.MEMORY))
                .build());
        try {
            HttpClient client = HttpClient.newHttpClient();
            for (Sample sample : samples) {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + server.address().getPort() + sample.target()))
                        .method(sample.method(), BodyPublishers.ofString(sample.body()));
                HttpResponse<String> response =
                        client.send(request.header("Content-Type", "text/plain").build(), BodyHandlers.ofString());
                assertThat(response.statusCode()).as(sample.toString()).isEqualTo(sample.status());
                if (sample.answer() != null) {
                    assertThat(response.body()).as(sample.toString()).isEqualTo(sample.answer());
                }
            }
        } finally {
            server.stop();
        }
    }
}
