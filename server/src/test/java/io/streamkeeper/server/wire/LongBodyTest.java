package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** JSON bodies that are too long to be split at once, on a server with one loop. */
class LongBodyTest {
    private static final int MESSAGES = 4 << 20;

    /** Far fewer than the pieces that the array is split in. */
    private static final int ANSWERED_MIN = 5;

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.listen(listen -> listen.shards(1))));

    private static String ones(int count, String between) {
        return "[" + ("1" + between).repeat(count - 1) + "1]";
    }

    private static Answer receiveUnchecked(TestConnection connection) {
        try {
            return connection.receive();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A loop that splits the array in one step answers one request before it, and one after it. */
    @Test
    void othersAreAnsweredWhileAnArrayOfMillionsOfMessagesIsSplit() throws IOException {
        String path = SERVER.create(JSON, "");
        byte[] request = TestConnection.requestText("POST", path, ones(MESSAGES, ","), JSON)
                .getBytes(StandardCharsets.US_ASCII);
        try (TestConnection writer = SERVER.connect();
                TestConnection other = SERVER.connect()) {
            other.exchange("GET", "/health", "").is(200);
            writer.send(Arrays.copyOf(request, request.length - 1));
            writer.send(new byte[] {request[request.length - 1]});
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> receiveUnchecked(writer));
            int answered = 0;
            while (!answer.isDone()) {
                other.exchange("GET", "/health", "").is(200);
                answered++;
            }

            answer.join().is(204);
            assertThat(answered).isGreaterThanOrEqualTo(ANSWERED_MIN);
        }
        assertThat(SERVER.get(path).is(200).body()).hasSize(2 * MESSAGES + 1);
    }

    @Test
    void requestsAfterALongBodyAreCarriedOutAfterIt() throws IOException {
        String path = SERVER.create(JSON, "");
        int count = 600_000;
        try (TestConnection connection = SERVER.connect()) {
            connection.send(TestConnection.requestText("POST", path, ones(count, ","), JSON)
                    + TestConnection.requestText("POST", path, "2", JSON)
                    + TestConnection.requestText("POST", path, ones(count, " , "), JSON)
                    + TestConnection.requestText("POST", path, "[3]", JSON));
            for (int i = 0; i < 4; i++) {
                connection.receive().is(204);
            }
            String ones = "1,".repeat(count);
            assertThat(SERVER.get(path).is(200).text().equals("[" + ones + "2," + ones + "3]"))
                    .isTrue();
        }
    }

    @Test
    void aLongBodyThatIsNotJsonIsRefusedAndTheConnectionGoesOn() throws IOException {
        String path = SERVER.create(JSON, "");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(TestConnection.requestText("POST", path, ones(600_000, " ,") + "x", JSON));
            connection.receive().isError(400, "invalid_json");
            connection.exchange("POST", path, "7", JSON).is(204);
        }
        assertThat(SERVER.get(path).text()).isEqualTo("[7]");
    }

    @Test
    void aLongBodyOfARequestThatIsRefusedIsReleased() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send(TestConnection.requestText("POST", TestServer.path(), ones(600_000, ","), JSON));
            connection.receive().is(404);
            connection.send(TestConnection.requestText(
                    "POST", TestServer.path(), ones(600_000, ","), JSON, "Producer-Id: only-the-id"));
            connection.receive().is(400);
        }
    }

    @Test
    void aLongBodyOfAConnectionThatClosesIsDropped() throws IOException {
        String path = SERVER.create(JSON, "");
        for (int i = 0; i < 20; i++) {
            try (TestConnection connection = SERVER.connect()) {
                connection.send(TestConnection.requestText("POST", path, ones(600_000, ","), JSON));
            }
        }
        SERVER.post(path, "2", JSON).is(204);
    }

    @Test
    void aForkWithALongBodyOfItsSourcesTypeIsCreated() throws IOException {
        String source = SERVER.create(JSON, "[0]");
        int count = 600_000;
        String fork = TestServer.path();
        SERVER.put(fork, ones(count, ", "), "Stream-Forked-From: " + source).is(201);

        assertThat(SERVER.get(fork).text().equals("[0," + ones(count, ",").substring(1)))
                .isTrue();
    }
}
