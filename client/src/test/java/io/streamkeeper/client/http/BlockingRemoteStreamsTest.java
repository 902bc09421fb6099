package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.BlockingRemoteStreams.ReadEnd;
import io.streamkeeper.protocol.Producer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The blocking calls, on servers that lose requests, break responses off, and refuse. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingRemoteStreamsTest {
    private static final Content TEXT = Content.text("x");
    private static final AppendOptions PRODUCED = AppendOptions.none().producer("p", 0, 0);

    private StubServer server;

    @AfterEach
    void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    private BlockingRemoteStreams serve(StubServer.Script script) throws IOException {
        server = StubServer.start(script);
        return RemoteStreams.at(server.url()).blocking();
    }

    private List<StubServer.Request> requests() {
        return server.requests();
    }

    @Test
    void aProducersAppendWithoutAnAnswerIsRepeatedUnchanged() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            if (requests().size() < 3) {
                response.cut();
            } else {
                response.whole(200, "", "Stream-Next-Offset: 1", "Producer-Epoch: 0", "Producer-Seq: 0");
            }
        });
        AppendResult result = streams.append("a/ä", TEXT, PRODUCED);
        assertThat(result).isEqualTo(new AppendResult("1", true, false, new Producer("p", 0, 0)));
        assertThat(requests()).hasSize(3).allSatisfy(request -> {
            assertThat(request.path()).isEqualTo("/root/a/%C3%A4");
            assertThat(request.body()).isEqualTo("x");
            assertThat(request.fields())
                    .containsEntry("producer-id", "p")
                    .containsEntry("producer-epoch", "0")
                    .containsEntry("producer-seq", "0")
                    .containsEntry("content-type", "text/plain");
        });
    }

    @Test
    void anAppendWithoutAProducerIsNotRepeatedWhenItsOutcomeIsUnknown() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> response.cut());
        assertThatThrownBy(() -> streams.append("a", TEXT, AppendOptions.none()))
                .isInstanceOf(StreamException.Unavailable.class)
                .hasMessageContaining("cannot be reached");
        assertThat(requests()).hasSize(1);
    }

    @Test
    void anAppendWithoutAProducerIsRepeatedIfNothingOfItIsWritten() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            if (requests().size() == 1) {
                response.whole(503, "{\"error\":{\"code\":\"overloaded\",\"message\":\"later\"}}", "Retry-After: 0");
            } else {
                response.whole(204, "", "Stream-Next-Offset: 1");
            }
        });
        assertThat(streams.append("a", TEXT, AppendOptions.none()).wrote()).isTrue();
        assertThat(requests()).hasSize(2);
    }

    @Test
    void aDuplicateIsNoWrite() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) ->
                response.head(204, "Stream-Next-Offset: 5", "Producer-Epoch: 0", "Producer-Seq: 7"));
        AppendResult result = streams.append("a", TEXT, PRODUCED);
        assertThat(result.wrote()).isFalse();
        assertThat(result.producer()).isEqualTo(new Producer("p", 0, 7));
    }

    @Test
    void repetitionsEndInTime() throws Exception {
        server = StubServer.start((request, response) -> response.whole(503, "", "Retry-After: 3600"));
        BlockingRemoteStreams streams =
                RemoteStreams.at(server.url()).retryMax(Duration.ofSeconds(5)).blocking();
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED))
                .isInstanceOfSatisfying(
                        StreamException.Unavailable.class,
                        e -> assertThat(e.status()).isEqualTo(503));
        assertThat(requests()).hasSize(1);
    }

    @Test
    void aServerThatHasNeverAnsweredIsNotWaitedFor() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        BlockingRemoteStreams streams = RemoteStreams.at(URI.create("http://127.0.0.1:" + port + "/x/"))
                .retryMax(Duration.ofHours(1))
                .blocking();
        assertThatThrownBy(() -> streams.metadata("a"))
                .isInstanceOf(StreamException.Unavailable.class)
                .hasMessage("http://127.0.0.1:" + port + " cannot be reached: nothing accepts connections there");
    }

    @Test
    void aDeletionThatIsRepeatedMayFindNothing() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            if (requests().size() == 1) {
                response.cut();
            } else {
                response.whole(404, "");
            }
        });
        streams.delete("a");
        assertThatThrownBy(() -> streams.delete("a")).isInstanceOf(StreamException.NotFound.class);
    }

    @Test
    void refusalsOfAServerWithoutCodesAreKnownByTheHeadersOfTheProtocol() throws Exception {
        List<String[]> answers = new ArrayList<>();
        BlockingRemoteStreams streams = serve((request, response) -> {
            String[] fields = answers.remove(0);
            response.whole(Integer.parseInt(fields[0]), "", fields.length > 1 ? fields[1] : "X: y");
        });
        answers.add(new String[] {"409", "Stream-Closed: true"});
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED)).isInstanceOf(StreamException.Closed.class);
        answers.add(new String[] {"409", "Producer-Expected-Seq: 4"});
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED))
                .isInstanceOfSatisfying(
                        StreamException.ProducerGap.class,
                        e -> assertThat(e.expectedSeq()).isEqualTo(4));
        answers.add(new String[] {"403", "Producer-Epoch: 9"});
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED))
                .isInstanceOfSatisfying(
                        StreamException.ProducerFenced.class,
                        e -> assertThat(e.currentEpoch()).isEqualTo(9));
        answers.add(new String[] {"410"});
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED)).isInstanceOf(StreamException.Deleted.class);
        answers.add(new String[] {"409"});
        assertThatThrownBy(() -> streams.append("a", TEXT, PRODUCED))
                .isInstanceOfSatisfying(
                        StreamException.Invalid.class,
                        e -> assertThat(e.status()).isEqualTo(409));
    }

    @Test
    void theCodeOfOurServerDecides() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) ->
                response.whole(409, "{\"error\":{\"code\":\"stream_exists\",\"message\":\"it is there\"}}"));
        assertThatThrownBy(() -> streams.create("a", CreateOptions.json()))
                .isInstanceOf(StreamException.Exists.class)
                .hasMessage("it is there");
    }

    @Test
    void creationSendsItsOptions() throws Exception {
        BlockingRemoteStreams streams =
                serve((request, response) -> response.whole(201, "", "Stream-Next-Offset: 0", "Content-Type: text/x"));
        assertThat(streams.create(
                                "a",
                                CreateOptions.forkOf("b c", From.offset("3"), 2)
                                        .ttl(Duration.ofMinutes(1))
                                        .maxBytes(7)
                                        .closed())
                        .existed())
                .isFalse();
        assertThat(requests().get(0).fields())
                .containsEntry("stream-forked-from", "/root/b%20c")
                .containsEntry("stream-fork-offset", "3")
                .containsEntry("stream-fork-sub-offset", "2")
                .containsEntry("stream-ttl", "60")
                .containsEntry("stream-retention-max-bytes", "7")
                .containsEntry("stream-closed", "true")
                .doesNotContainKey("content-type");
    }

    @Test
    void aHeaderThatHttpCannotCarryIsRefused() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> response.whole(204, ""));
        assertThatThrownBy(() -> streams.append("a", TEXT, AppendOptions.none().producer("é", 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the producer id is \"é\"");
        assertThat(requests()).isEmpty();
    }

    @Test
    void aReadThatBreaksOffContinuesWhereItEnded() throws Exception {
        String whole = "[1,22,333]";
        BlockingRemoteStreams streams = serve((request, response) -> {
            int attempt = requests().size();
            String[] fields = {"Stream-Next-Offset: end", "Stream-Up-To-Date: true", "Transfer-Encoding: chunked"};
            response.head(200, fields);
            if (attempt < 3) {
                // The first array ends where the second one, in which there is more, continues.
                response.chunk(attempt == 1 ? "[1,22]" : "[1,22,3");
                response.cut();
            } else {
                response.chunk(whole).end();
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(streams.read("a", From.beginning(), out)).isEqualTo(new ReadEnd("end", false));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(whole);
        assertThat(requests())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.offset()).isEqualTo("-1"));
    }

    @Test
    void aReadContinuesUntilTheTail() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            if (request.offset().equals("-1")) {
                response.whole(200, "ab", "Stream-Next-Offset: 2");
            } else {
                response.whole(200, "c", "Stream-Next-Offset: 3", "Stream-Up-To-Date: true", "Stream-Closed: true");
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(streams.read("a", From.beginning(), out)).isEqualTo(new ReadEnd("3", true));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
    }

    @Test
    void theFailureOfTheOutputIsNotRepeated() throws Exception {
        BlockingRemoteStreams streams = serve(
                (request, response) -> response.whole(200, "abc", "Stream-Next-Offset: 2", "Stream-Up-To-Date: true"));
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("full");
            }
        };
        assertThatThrownBy(() -> streams.read("a", From.beginning(), full)).hasMessage("full");
        assertThat(requests()).hasSize(1);
    }
}
