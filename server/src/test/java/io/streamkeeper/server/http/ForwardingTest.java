package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.socket.nio.NioSocketChannel;
import io.streamkeeper.server.config.ClusterSettings.Routing;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.outbound.ClientTls;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.FrameClient;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests to a member that does not lead. Its copy of the streams has what a test writes to it while it leads; another
 * server is the leader.
 */
class ForwardingTest {
    private static final String TEXT = "Content-Type: text/plain";
    private static final String PATH = SmallServer.ROOT + "a";

    private final FakeReplica replica = new FakeReplica();
    private SmallServer leader;
    private SmallServer copy;

    @BeforeEach
    void start() throws IOException {
        leader = new SmallServer(64);
        copy = member(Routing.PROXY);
        replica.leaderUrl(leader.url());
    }

    private SmallServer member(Routing routing) throws IOException {
        return new SmallServer(
                new Forwarding(replica, routing, NioSocketChannel.class, new ClientTls(null), Runnable::run));
    }

    @AfterEach
    void stop() {
        copy.close();
        leader.close();
    }

    private static Answer send(SmallServer server, String method, String target, String body, String... fields)
            throws IOException {
        try (TestConnection connection = server.connect()) {
            return connection.exchange(method, target, body, fields);
        }
    }

    /** Writes to the copy as the log would. */
    private void replicate(String method, String target, String body, String... fields) throws IOException {
        replica.leads(true);
        assertThat(send(copy, method, target, body, fields).status()).isBetween(200, 204);
        replica.leads(false);
    }

    // ---- writes ----

    @Test
    void writesAreExecutedByTheLeaderAndItsResponsesArePassedBack() throws IOException {
        Answer created = send(copy, "PUT", PATH, "", TEXT).is(201);
        assertThat(created.field("Location")).isEqualTo("http://test" + PATH);
        Answer appended =
                send(copy, "POST", PATH, "abc", TEXT, "Producer-Id: p\u00e9", "Producer-Epoch: 0", "Producer-Seq: 0");
        assertThat(appended.is(200).field("Producer-Seq")).isEqualTo("0");
        assertThat(appended.field("X-Content-Type-Options")).isEqualTo("nosniff");
        send(copy, "POST", PATH, "abc", TEXT, "Producer-Id: p\u00e9", "Producer-Epoch: 0", "Producer-Seq: 0")
                .is(204);

        assertThat(send(leader, "GET", PATH, "").is(200).text()).isEqualTo("abc");
        assertThat(send(leader, "HEAD", PATH, "").nextOffset()).isEqualTo(appended.nextOffset());
        send(copy, "PUT", PATH, "", "Content-Type: application/json").isError(409, "stream_exists");
        send(copy, "DELETE", PATH, "").is(204);
        send(leader, "GET", PATH, "").isError(404, "stream_not_found");
    }

    @Test
    void aBodyOfAnyFormArrivesWhole() throws IOException {
        send(copy, "PUT", PATH, "", TEXT).is(201);
        String large = "0123456789abcdef".repeat(60_000);
        send(copy, "POST", PATH, large, TEXT).is(204);
        try (TestConnection connection = copy.connect()) {
            connection.send("POST " + PATH + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n");
            connection.receive().is(204);
            connection.send("POST " + PATH + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            connection.receive().is(100);
            connection.send("end");
            connection.receive().is(204);
        }
        assertThat(send(leader, "GET", PATH, "").text()).isEqualTo(large + "xyzend");
    }

    @Test
    void pipelinedWritesKeepTheirOrder() throws IOException {
        send(copy, "PUT", PATH, "", TEXT).is(201);
        StringBuilder expected = new StringBuilder();
        try (TestConnection connection = copy.connect()) {
            for (int i = 0; i < 40; i++) {
                connection.request("POST", PATH, i + ",", TEXT);
                expected.append(i).append(',');
            }
            for (int i = 0; i < 40; i++) {
                connection.receive().is(204);
            }
        }
        assertThat(send(leader, "GET", PATH, "").text()).isEqualTo(expected.toString());
    }

    @Test
    void aWriteOverHttp2IsPassedOn() throws IOException {
        try (FrameClient client = copy.connectHttp2()) {
            client.exchange(1, "PUT", PATH, "", TEXT).is(201);
            Answer appended = client.exchange(3, "POST", PATH, "abc", TEXT).is(204);
            assertThat(appended.nextOffset())
                    .isEqualTo(send(leader, "HEAD", PATH, "").nextOffset());
        }
    }

    @Test
    void aRequestIsPassedOnOnlyOnce() throws IOException {
        Answer refused =
                send(copy, "POST", PATH, "abc", TEXT, "X-Stream-Forwarded: 1").isError(503, "no_leader");
        assertThat(refused.field("Retry-After")).isEqualTo("1");
        assertThat(refused.field("Stream-Leader")).isEqualTo("none");
    }

    @Test
    void theCredentialsAndTheAddressOfTheClientArePassedOn() throws Exception {
        try (ScriptedLeader scripted = new ScriptedLeader(List.of("HTTP/1.1 204 No Content\r\n\r\n"))) {
            replica.leaderUrl(scripted.url());
            send(copy, "POST", PATH + "?x=1", "abc", TEXT, "Authorization: Bearer t", "X-Forwarded-For: 1.2.3.4")
                    .is(204);
            assertThat(scripted.request())
                    .startsWith("POST " + PATH + "?x=1 HTTP/1.1\n")
                    .contains("host: test\n", "authorization: Bearer t\n", "x-stream-forwarded: 1\n")
                    .contains("x-forwarded-for: 1.2.3.4, 127.0.0.1\n")
                    .endsWith("\nabc");
        }
    }

    @Test
    void aWriteWaitsForALeader() throws IOException {
        replica.leaderUrl(null);
        try (TestConnection connection = copy.connect()) {
            connection.request("PUT", PATH, "", TEXT);
            replica.leaderUrl(leader.url());
            connection.receive().is(201);
        }
    }

    @Test
    void aMemberThatBecomesTheLeaderExecutesWhatWaits() throws IOException {
        replica.leaderUrl(null);
        try (TestConnection connection = copy.connect()) {
            connection.request("PUT", PATH, "", TEXT);
            replica.leads(true);
            connection.receive().is(201);
            connection.exchange("GET", PATH, "").is(200);
        }
    }

    @Test
    void writesAfterOneThatWaitsForALeaderDoNotOvertakeItWhenThisMemberLeads() throws IOException {
        replicate("PUT", PATH, "", TEXT);
        replica.leaderUrl(null);
        try (TestConnection connection = copy.connect()) {
            int before = replica.leaderQuestions();
            connection.request("POST", PATH, "1", TEXT);
            await().until(() -> replica.leaderQuestions() > before);
            replica.leads(true);
            connection.request("POST", PATH, "2", TEXT);
            connection.request("POST", PATH, "3", TEXT);
            for (int i = 0; i < 3; i++) {
                connection.receive().is(204);
            }
            assertThat(connection.exchange("GET", PATH, "").text()).isEqualTo("123");
        }
    }

    @Test
    void aWriteWithoutALeaderIsRefusedAfterAWhile() throws IOException {
        replica.leaderUrl(null);
        Answer refused = send(copy, "PUT", PATH, "", TEXT).isError(503, "no_leader");
        assertThat(refused.field("Retry-After")).isEqualTo("1");
    }

    @Test
    void aLeaderThatCannotBeReachedHasReceivedNothing() throws IOException {
        ScriptedLeader closed = new ScriptedLeader(List.of());
        closed.close();
        replica.leaderUrl(closed.url());
        try (TestConnection connection = copy.connect()) {
            connection.request("PUT", PATH, "", TEXT);
            replica.leaderUrl(leader.url());
            connection.receive().is(201);
        }
    }

    @Test
    void theOutcomeOfAWriteWithoutResponseIsUnknown() throws Exception {
        try (ScriptedLeader lost = new ScriptedLeader(List.of("", "HTTP/1.1 204 No Content\r\n\r\n"))) {
            replica.leaderUrl(lost.url());
            send(copy, "POST", PATH, "abc", TEXT).isError(503, "outcome_unknown");
            assertThat(lost.request()).startsWith("POST");
            assertThat(lost.requestCount()).isZero();
        }
    }

    @Test
    void aWriteOfAProducerIsRepeated() throws Exception {
        try (ScriptedLeader lost = new ScriptedLeader(List.of("", "HTTP/1.1 204 No Content\r\n\r\n"))) {
            replica.leaderUrl(lost.url());
            send(copy, "POST", PATH, "abc", TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0")
                    .is(204);
            assertThat(lost.request()).isEqualTo(lost.request());
        }
    }

    @Test
    void aMemberThatLeadsNoMoreHasNotExecutedTheWrite() throws Exception {
        String deposed = "HTTP/1.1 503 Service Unavailable\r\nStream-Leader: none\r\nContent-Length: 0\r\n\r\n";
        try (ScriptedLeader former = new ScriptedLeader(List.of(deposed, "HTTP/1.1 204 No Content\r\n\r\n"))) {
            replica.leaderUrl(former.url());
            send(copy, "POST", PATH, "abc", TEXT).is(204);
        }
    }

    @Test
    void aWriteToADeposedLeaderThatIsSilentIsGivenUp() throws Exception {
        try (java.net.ServerSocket silent = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                TestConnection connection = copy.connect()) {
            replica.leaderUrl("http://127.0.0.1:" + silent.getLocalPort());
            connection.request("POST", PATH, "abc", TEXT);
            silent.accept();
            replica.leaderUrl(leader.url());
            connection.receive().isError(503, "outcome_unknown");
        }
    }

    @Test
    void aResponseThatIsCutOffEndsTheConnection() throws Exception {
        String cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
        try (ScriptedLeader lost = new ScriptedLeader(List.of(cut));
                TestConnection connection = copy.connect()) {
            replica.leaderUrl(lost.url());
            connection.request("POST", PATH, "abc", TEXT);
            assertThat(connection.input().head().is(200).field("Content-Length"))
                    .isEqualTo("10");
            connection.assertEnds();
        }
    }

    @Test
    void clientsAreRedirectedIfTheConfigurationSaysSo() throws IOException {
        try (SmallServer redirecting = member(Routing.REDIRECT)) {
            Answer redirected =
                    send(redirecting, "POST", PATH + "?a=b%20c", "abc", TEXT).is(307);
            assertThat(redirected.field("Location")).isEqualTo(leader.url() + PATH + "?a=b%20c");
        }
    }

    @Test
    void aPreflightIsAnsweredByTheMemberAndTheOriginIsPassedOn() throws IOException {
        replica.leaderUrl(null);
        Answer preflight = send(
                        copy, "OPTIONS", PATH, "", "Origin: http://x.example", "Access-Control-Request-Method: GET")
                .is(204);
        assertThat(preflight.field("Access-Control-Allow-Methods")).contains("GET");
        replica.leaderUrl(leader.url());
        Answer created =
                send(copy, "PUT", PATH, "", TEXT, "Origin: http://test").is(201);
        assertThat(created.field("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    @Test
    void aMemberThatIsNotReadySaysWhy() throws IOException {
        send(copy, "GET", "/health/ready", "").is(200);
        replica.notReady("no leader is \"known\"");
        assertThat(send(copy, "GET", "/health/ready", "").is(503).text())
                .isEqualTo("{\"status\":\"not_ready\",\"reason\":\"no leader is \\\"known\\\"\"}");
        send(copy, "GET", "/health/live", "").is(200);
    }

    // ---- decisions of the leader that no log confirms ----

    /** Sends what this member refuses or finds as the leader, and {@code meanwhile} happens before that is confirmed. */
    private Answer decidedBefore(Runnable meanwhile, String method, String... fields) throws IOException {
        replicate("PUT", PATH, "", TEXT);
        replica.leads(true);
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        replica.barrier(barrier);
        int before = replica.barriers();
        try (TestConnection connection = copy.connect()) {
            connection.request(method, PATH, method.equals("PUT") ? "" : "abc", fields);
            await().until(() -> replica.barriers() > before);
            meanwhile.run();
            barrier.complete(null);
            return connection.receive();
        }
    }

    @Test
    void aRefusalIsSentByALeaderThatLeadsStill() throws IOException {
        decidedBefore(() -> {}, "POST", "Content-Type: image/png").isError(409, "content_type_mismatch");
    }

    @Test
    void aRefusalOfALeaderThatWasDeposedIsNotSent() throws IOException {
        Answer answer = decidedBefore(() -> replica.leads(false), "POST", "Content-Type: image/png");
        assertThat(answer.isError(503, "no_leader").field("Stream-Leader")).isEqualTo("none");
    }

    @Test
    void aRefusalOfALeaderThatWasDeposedAndLeadsAgainIsNotSent() throws IOException {
        Runnable again = () -> {
            replica.leads(false);
            replica.leads(true);
        };
        decidedBefore(again, "POST", "Content-Type: image/png").isError(503, "no_leader");
    }

    @Test
    void aDeposedLeaderDoesNotSayThatAStreamExists() throws IOException {
        decidedBefore(() -> replica.leads(false), "PUT", TEXT).isError(503, "no_leader");
    }

    @Test
    void aRefusalWithoutALeaderIsNotSent() throws IOException {
        replicate("PUT", PATH, "", TEXT);
        replica.leads(true);
        replica.barrier(CompletableFuture.failedFuture(new IOException("no leader")));
        send(copy, "POST", PATH, "abc", "Content-Type: image/png").isError(503, "no_leader");
        send(copy, "POST", PATH, "abc", TEXT).is(204);
    }

    // ---- reads ----

    @Test
    void readsWaitUntilTheCopyHasWhatWasAcknowledgedBefore() throws IOException {
        replicate("PUT", PATH, "", TEXT);
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        replica.barrier(barrier);
        int before = replica.barriers();
        try (TestConnection read = copy.connect();
                TestConnection head = copy.connect();
                TestConnection list = copy.connect();
                TestConnection poll = copy.connect()) {
            read.request("GET", PATH, "");
            head.request("HEAD", PATH, "");
            list.request("GET", SmallServer.ROOT, "");
            poll.request("GET", PATH + "?offset=-1&live=long-poll", "");
            await().until(() -> replica.barriers() > before);
            replica.barrier(CompletableFuture.completedFuture(null));
            replicate("POST", PATH, "abc", TEXT);
            barrier.complete(null);
            assertThat(read.receive().text()).isEqualTo("abc");
            assertThat(head.input().answer(true).is(200).nextOffset()).isNotBlank();
            assertThat(list.receive().text()).contains("\"a\"");
            assertThat(poll.receive().text()).isEqualTo("abc");
        }
        assertThat(replica.barriers() - before).isLessThanOrEqualTo(5);
    }

    @Test
    void manyReadsShareABarrier() throws IOException {
        replicate("PUT", PATH, "", TEXT);
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        replica.barrier(barrier);
        int before = replica.barriers();
        try (FrameClient client = copy.connectHttp2()) {
            for (int stream = 1; stream < 101; stream += 2) {
                client.request(stream, "HEAD", PATH, null);
            }
            await().until(() -> replica.barriers() > before);
            replica.barrier(CompletableFuture.completedFuture(null));
            barrier.complete(null);
            for (int stream = 1; stream < 101; stream += 2) {
                client.head(stream).is(200);
            }
        }
        assertThat(replica.barriers() - before).isLessThanOrEqualTo(3);
    }

    @Test
    void withoutALeaderOnlyStoredBytesAreReturned() throws IOException {
        replicate("PUT", PATH, "abc", TEXT);
        String tail = send(copy, "HEAD", PATH, "").nextOffset();
        replica.barrier(CompletableFuture.failedFuture(new IOException("no leader")));
        Answer read = send(copy, "GET", PATH, "").is(200);
        assertThat(read.text()).isEqualTo("abc");
        assertThat(read.isUpToDate()).isFalse();
        assertThat(read.nextOffset()).isEqualTo(tail);
        send(copy, "GET", PATH + "?offset=" + tail, "").isError(503, "no_leader");
        send(copy, "GET", PATH + "-other", "").isError(503, "no_leader");
    }

    @Test
    void aReadOfAStreamWithATimeToLiveIsAUseThatOnlyTheLeaderNotes() throws IOException {
        send(leader, "PUT", PATH, "of the leader", TEXT, "Stream-TTL: 3600").is(201);
        replicate("PUT", PATH, "of the copy", TEXT, "Stream-TTL: 3600");
        assertThat(send(copy, "GET", PATH, "").is(200).text()).isEqualTo("of the leader");
        assertThat(send(copy, "GET", PATH + "?offset=-1&live=long-poll", "").text())
                .isEqualTo("of the leader");
        assertThat(send(copy, "HEAD", PATH, "").is(200).field("Stream-TTL")).isEqualTo("3600");
    }

    @Test
    void aLargeResponseOfTheLeaderWaitsForASlowClient() throws IOException {
        String large = "0123456789abcdef".repeat(60_000);
        send(leader, "PUT", PATH, large, TEXT, "Stream-TTL: 3600").is(201);
        replicate("PUT", PATH, "", TEXT, "Stream-TTL: 3600");
        try (TestConnection slow = copy.connect()) {
            slow.request("GET", PATH, "");
            await().until(() -> copy.memory().received().usedBytes() > 0);
            assertThat(copy.memory().unsent().usedBytes()).isLessThan(256 << 10);
            assertThat(slow.receive().is(200).text()).isEqualTo(large);
        }
        await().until(() -> copy.memory().received().usedBytes() == 0);
    }

    @Test
    void eventsOfTheLeaderArePassedOnAndEndedWithIt() throws IOException {
        send(leader, "PUT", PATH, "abc", TEXT, "Stream-TTL: 3600").is(201);
        replicate("PUT", PATH, "", TEXT, "Stream-TTL: 3600");
        try (TestConnection connection = copy.connect();
                EventReader events = connection.events(PATH + "?offset=-1&live=sse")) {
            assertThat(events.data().data()).isEqualTo("abc");
            send(copy, "POST", PATH, "def", TEXT).is(204);
            assertThat(events.data().data()).isEqualTo("def");
        }
    }

    @Test
    void eventsOfTheCopySurviveAChangeOfTheLeader() throws IOException {
        replicate("PUT", PATH, "", TEXT);
        try (TestConnection connection = copy.connect();
                EventReader events = connection.events(PATH + "?offset=-1&live=sse")) {
            events.control();
            replica.barrier(CompletableFuture.failedFuture(new IOException("no leader")));
            replica.leaderUrl(null);
            replicate("POST", PATH, "abc", TEXT);
            assertThat(events.data().data()).isEqualTo("abc");
        }
    }
}
