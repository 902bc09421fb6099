package io.streamkeeper.server.subscription.webhook;

import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.answering;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.ok;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.readRequest;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.WebhookSignature;
import io.streamkeeper.server.outbound.ConnectionPool;
import io.streamkeeper.server.subscription.Deliveries.Attempt;
import io.streamkeeper.server.subscription.Deliveries.Result;
import io.streamkeeper.server.subscription.Deliveries.Result.Accepted;
import io.streamkeeper.server.subscription.Deliveries.Result.Failed;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("io.streamkeeper.server.subscription.webhook.ClientTransport#available")
class WebhookClientTest {
    private static final long SHORT_MILLIS = 400;

    private final ClientTransport transport;
    private final ClientRig rig;

    WebhookClientTest(ClientTransport transport) {
        this.transport = transport;
        this.rig = ClientRig.local(transport, 64);
    }

    @AfterEach
    void close() {
        rig.awaitNoneUnderWay();
        rig.close();
    }

    private Result resultOf(ScriptedReceiver.Script script) throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of(script)) {
            return rig.send(receiver.url()).join();
        }
    }

    private static ScriptedReceiver.Script once(String answer) {
        return (socket, connection) -> {
            readRequest(socket.getInputStream());
            write(socket, answer);
        };
    }

    // ---- sockets ----

    /** As if the process had no more file descriptors. */
    public static final class NoSocket extends NioSocketChannel {
        /** Throws. */
        public NoSocket() {
            throw new ChannelException(new IOException("Too many open files"));
        }
    }

    @Test
    void aSocketThatCannotBeCreatedIsAFailureThatReturnsItsRoom() {
        try (ClientRig none =
                new ClientRig(ClientTransport.NIO, NoSocket.class, true, 1, name -> new InetAddress[0], null)) {
            for (int i = 0; i < 3; i++) {
                Result result = none.send("http://127.0.0.1:8080/").join();
                assertThat(((Failed) result).reason())
                        .isEqualTo("failed while connecting to 127.0.0.1:8080: Too many open files");
                none.awaitNoneUnderWay();
            }
        }
    }

    // ---- answers ----

    @Test
    void theRequestIsSignedOverItsBody() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        Result result = resultOf((socket, connection) -> {
            requests.add(String.valueOf(readRequest(socket.getInputStream())));
            write(socket, ok("{\"done\":true}"));
        });

        assertThat(result).isEqualTo(new Accepted(true));
        String request = requests.remove();
        List<String> lines = request.lines().toList();
        assertThat(lines.get(0)).isEqualTo("POST /hook HTTP/1.1");
        assertThat(request).containsPattern("\r\nhost: 127\\.0\\.0\\.1:[0-9]+\r\n");
        assertThat(request).contains("\r\ncontent-type: application/json\r\n", "\r\nuser-agent: streamkeeper\r\n");
        assertThat(request).endsWith("\r\n\r\n" + new String(ClientRig.BODY, StandardCharsets.UTF_8));
        String header = lines.stream()
                .filter(line -> line.startsWith("Webhook-Signature: "))
                .findFirst()
                .orElseThrow();
        WebhookSignature signed = WebhookSignature.parse(header.substring("Webhook-Signature: ".length()));
        assertThat(signed).isNotNull();
        assertThat(signed.keyId()).isEqualTo(rig.keys.activeKid());
        Signature signature = Signature.getInstance("Ed25519");
        String x = new ObjectMapper()
                .readTree(rig.keys.jwkSet())
                .get("keys")
                .get(0)
                .get("x")
                .asText();
        signature.initVerify(Ed25519.publicKey(Base64.getUrlDecoder().decode(x)));
        signature.update(WebhookSignature.prefix(signed.seconds()));
        signature.update(ClientRig.BODY);
        assertThat(signature.verify(signed.bytes())).isTrue();
    }

    static List<String> successes() {
        return List.of(
                ok("{\"done\":true}"),
                "HTTP/1.0 200 OK\r\n\r\n{\"done\":true}",
                "HTTP/1.1 200\r\ncontent-length:13\r\n\r\n{\"done\":true}",
                "HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n{\"done\":true}",
                "HTTP/1.1 299 Fine\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"don\r\n8;x=y\r\ne\":true}\r\n0\r\nA: b\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("{\"done\":true}"),
                "HTTP/1.1 102 Processing\r\n\r\n".repeat(8) + ok("{\"done\":true}"));
    }

    @ParameterizedTest
    @MethodSource("successes")
    void aSuccessWithTheLiteralTrueIsDone(String answer) throws IOException {
        assertThat(resultOf(once(answer))).isEqualTo(new Accepted(true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"done\":false}",
                "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"done\":\"true\"}",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>done</html>"
            })
    void anyOtherSuccessIsAccepted(String answer) throws IOException {
        assertThat(resultOf(once(answer))).isEqualTo(new Accepted(false));
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 300, 301, 302, 303, 307, 308, 304, 400, 401, 404, 405, 410, 429, 500, 502, 503, 599})
    void anyOtherStatusIsAFailureThatNamesIt(int status) throws IOException {
        Result result = resultOf(
                once(
                        "HTTP/1.1 " + status
                                + " No\r\nLocation: http://127.0.0.1:9/\r\nRetry-After: 7\r\nContent-Length: 13\r\n\r\n{\"done\":true}"));

        assertThat(result).isInstanceOf(Failed.class);
        Failed failed = (Failed) result;
        assertThat(failed.reason())
                .isEqualTo(
                        "the receiver answered " + status + (status / 100 == 3 ? "; redirects are not followed" : ""));
        assertThat(failed.retryAfterMillis()).isEqualTo(7_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "220 mail.example ESMTP\r\n\r\n",
                "\r\n\r\n\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Length: 14\r\n\r\n{\"done\":true} ",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"done\":true}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-d\r\n{\"done\":true}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"done\":true}",
                "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"done\":true}",
                "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0015\u0003\u0001\u0000\u0002\u0002",
                "H",
                ""
            })
    void whatIsNoWholeAnswerIsAFailure(String answer) throws IOException {
        Result result = resultOf(once(answer));

        assertThat(result).as(answer).isInstanceOf(Failed.class);
        assertThat(((Failed) result).retryAfterMillis()).isZero();
        assertThat(((Failed) result).reason()).isNotBlank().hasSizeLessThan(256).matches("[ -~]*");
    }

    @Test
    void headsThatAreTooLongAndEndlessInterimAnswersEnd() throws IOException {
        assertThat(resultOf(once("HTTP/1.1 200 " + "x".repeat(5_000) + "\r\n\r\n")))
                .isInstanceOf(Failed.class);
        assertThat(resultOf(once("HTTP/1.1 200 OK\r\nA: " + "x".repeat(17_000) + "\r\n\r\n")))
                .isInstanceOf(Failed.class);
        assertThat(resultOf(once("HTTP/1.1 102 Processing\r\n\r\n".repeat(9) + ok("{\"done\":true}"))))
                .isEqualTo(new Failed("the receiver sent more than 8 interim answers", 0));
    }

    // ---- receivers that do not behave ----

    @Test
    void anEndlessAnswerIsReadToItsBoundOnly() throws IOException {
        AtomicLong written = new AtomicLong();
        byte[] block = new byte[64 << 10];
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
            readRequest(socket.getInputStream());
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
            while (written.get() < 1 << 30) {
                socket.getOutputStream().write(block);
                written.addAndGet(block.length);
            }
        })) {
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(false));
            await().until(() -> receiver.failures() == 1);
            assertThat(written.get()).isLessThan(32 << 20);
        }
    }

    @Test
    void aReceiverThatDripsOrHangsIsLeftInTime() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        ScriptedReceiver.Script drips = (socket, connection) -> {
            readRequest(socket.getInputStream());
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n");
            socket.setSoTimeout(10);
            while (true) {
                write(socket, "x");
                awaitEnd(socket);
            }
        };
        ScriptedReceiver.Script hangs = (socket, connection) -> {
            assertThat(socket.getInputStream().read()).isEqualTo('P');
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            ended.countDown();
        };
        for (ScriptedReceiver.Script script : List.of(drips, hangs)) {
            try (ScriptedReceiver receiver = ScriptedReceiver.of(script)) {
                Result result = rig.send(receiver.url(), SHORT_MILLIS).join();

                assertThat(result).isEqualTo(new Failed("no whole answer within 400 ms", 0));
                await().until(() -> receiver.open() == 0);
            }
        }
        ended.await();
    }

    /** Waits a moment for the end of the connection. */
    private static void awaitEnd(Socket socket) throws IOException {
        try {
            if (socket.getInputStream().read() < 0) {
                throw new IOException("closed");
            }
        } catch (SocketTimeoutException e) {
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @Test
    void aResetIsAFailure() throws IOException {
        Result result = resultOf((socket, connection) -> {
            readRequest(socket.getInputStream());
            socket.setSoLinger(true, 0);
        });

        assertThat(result).isInstanceOf(Failed.class);
    }

    @Test
    void aPortOnWhichNothingListensIsAFailureThatNamesIt() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }

        Result result = rig.send("http://127.0.0.1:" + port + "/?secret=x").join();

        assertThat(((Failed) result).reason())
                .startsWith("the connection failed while connecting to 127.0.0.1:" + port + ": ")
                .doesNotContain("secret");
    }

    @Test
    void aUrlThatIsNotAllowedAnyLongerIsAFailure() {
        try (ClientRig strict = new ClientRig(transport, false, 1, name -> new InetAddress[0], null)) {
            assertThat(((Failed) strict.send("http://127.0.0.1:9/").join()).reason())
                    .contains("is this machine, to which the server sends only with allow-local-webhooks");
            strict.awaitNoneUnderWay();
        }
    }

    // ---- connections ----

    @Test
    void aConnectionIsUsedAgain() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of(answering(ok("{\"done\":true}")))) {
            for (int i = 0; i < 20; i++) {
                assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            }
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatMustCloseIsNotUsedAgain() throws IOException {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")) {
            try (ScriptedReceiver receiver = ScriptedReceiver.of(answering(answer))) {
                rig.send(receiver.url()).join();
                rig.send(receiver.url()).join();

                assertThat(receiver.connections()).isEqualTo(2);
                await().until(() -> receiver.open() == 0);
            }
        }
    }

    @Test
    void aRequestOnAUsedConnectionThatIsClosedIsSentAgainOnce() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
            readRequest(socket.getInputStream());
            requests.incrementAndGet();
            write(socket, ok("{\"done\":true}"));
            if (readRequest(socket.getInputStream()) != null) {
                requests.incrementAndGet();
            }
        })) {
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));

            assertThat(receiver.connections()).isEqualTo(2);
            assertThat(requests).hasValue(3);
        }
    }

    @Test
    void aRequestOnANewConnectionThatIsClosedIsNotSentAgain() throws IOException {
        try (ScriptedReceiver receiver =
                ScriptedReceiver.of((socket, connection) -> readRequest(socket.getInputStream()))) {
            assertThat(rig.send(receiver.url()).join())
                    .isEqualTo(new Failed("the receiver closed the connection without an answer", 0));

            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void aUsedConnectionWithHalfAnAnswerIsNotSentAgain() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
            readRequest(socket.getInputStream());
            write(socket, ok("{\"done\":true}"));
            readRequest(socket.getInputStream());
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{");
        })) {
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            assertThat(rig.send(receiver.url()).join())
                    .isEqualTo(new Failed("the receiver closed the connection before the answer was complete", 0));

            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void bytesWithoutARequestCloseTheConnection() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
            readRequest(socket.getInputStream());
            write(socket, ok("{\"done\":true}") + ok("{\"done\":true}"));
            assertThat(socket.getInputStream().read()).isNegative();
        })) {
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            await().until(() -> receiver.open() == 0);
        }
    }

    @Test
    void aFewConnectionsWaitForAShortTime() throws IOException {
        CountDownLatch all = new CountDownLatch(20);
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
            while (readRequest(socket.getInputStream()) != null) {
                all.countDown();
                awaitUninterruptibly(all);
                write(socket, ok("{}"));
            }
        })) {
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(rig.send(receiver.url()));
            }
            results.forEach(CompletableFuture::join);

            assertThat(receiver.connections()).isEqualTo(20);
            await().until(() -> receiver.open() == ConnectionPool.DESTINATION_MAX);
            await().until(() -> receiver.open() == 0);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- room ----

    @Test
    void anAttemptWithoutMemoryHasFailedAndReturnsItsRoom() throws IOException {
        try (ClientRig small = ClientRig.local(transport, 1);
                ScriptedReceiver receiver = ScriptedReceiver.of(answering(ok("{\"done\":true}")))) {
            long all = small.memory.bytesMax();
            assertThat(small.memory.tryReserve(all)).isTrue();
            assertThat(small.send(receiver.url()).join())
                    .isEqualTo(new Failed("the server has no memory for a webhook now", 0));
            small.memory.release(all);
            assertThat(small.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            small.awaitNoneUnderWay();
        }
    }

    @Test
    void moreThanAreAllowedWaitInTheirOrder() throws IOException {
        List<Integer> order = new ArrayList<>();
        CountDownLatch release = new CountDownLatch(1);
        try (ClientRig small = ClientRig.local(transport, 2);
                ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> {
                    while (readRequest(socket.getInputStream()) != null) {
                        awaitUninterruptibly(release);
                        write(socket, ok("{\"done\":true}"));
                    }
                })) {
            CompletableFuture<Result> first = small.send(receiver.url());
            CompletableFuture<Result> second = small.send(receiver.url());
            List<CompletableFuture<Result>> later = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                CompletableFuture<Result> result = new CompletableFuture<>();
                later.add(result);
                small.rooms.add(() -> {
                    order.add(number);
                    // The third has nothing to send any longer.
                    if (number != 2) {
                        assertThat(small.begin(small.loop, receiver.url(), ClientRig.TIMEOUT_MILLIS, result))
                                .isNotNull();
                    }
                });
                assertThat(small.send(receiver.url())).isNotNull();
            }
            await().until(() -> small.client.underWay() == 2);
            release.countDown();

            assertThat(first.join()).isEqualTo(new Accepted(true));
            assertThat(second.join()).isEqualTo(new Accepted(true));
            for (int i = 0; i < 5; i++) {
                if (i != 2) {
                    assertThat(later.get(i).join()).isEqualTo(new Accepted(true));
                }
            }
            assertThat(order).containsExactly(0, 1, 2, 3, 4);
            small.awaitNoneUnderWay();
            assertThat(small.send(receiver.url()).join()).isEqualTo(new Accepted(true));
            small.awaitNoneUnderWay();
        }
    }

    @Test
    void manyWakesOfAReceiverThatHangsDelayThoseOfAnotherByOneAttempt() throws IOException {
        List<String> order = new ArrayList<>();
        try (ClientRig small = ClientRig.local(transport, 1);
                ScriptedReceiver hanging = ScriptedReceiver.of(
                        (socket, connection) -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
                ScriptedReceiver good = ScriptedReceiver.of(answering(ok("{\"done\":true}")))) {
            CompletableFuture<Result> result = new CompletableFuture<>();
            Attempt attempt = small.attempt(hanging.url(), result);
            for (String name : List.of("hanging 1", "hanging 2", "hanging 3", "good 1", "good 2")) {
                String url = name.startsWith("good") ? good.url() : hanging.url();
                small.loop
                        .submit(() -> assertThat(small.client.send(
                                        small.loop,
                                        url,
                                        new byte[1],
                                        ClientRig.TIMEOUT_MILLIS,
                                        ended -> {},
                                        () -> order.add(name)))
                                .isNull())
                        .syncUninterruptibly();
            }
            small.loop.execute(attempt::cancel);
            small.awaitNoneUnderWay();
            small.loop.submit(() -> {}).syncUninterruptibly();
            assertThat(order).containsExactly("hanging 1", "good 1", "hanging 2", "good 2", "hanging 3");
        }
    }

    @Test
    void anAttemptThatIsCancelledClosesItsConnectionAndReportsNothing() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of(
                (socket, connection) -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()))) {
            CompletableFuture<Result> result = new CompletableFuture<>();
            Attempt attempt = rig.attempt(receiver.url(), result);
            await().until(() -> receiver.open() == 1);

            rig.loop.execute(attempt::cancel);
            rig.loop.execute(attempt::cancel);

            await().until(() -> receiver.open() == 0);
            rig.awaitNoneUnderWay();
            assertThat(result).isNotDone();
        }
    }

    @Test
    void anAttemptThatIsCancelledAtOnceSendsNothing() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.of(answering(ok("{}")))) {
            CompletableFuture<Result> result = new CompletableFuture<>();
            for (int i = 0; i < 100; i++) {
                rig.loop
                        .submit(() -> {
                            Attempt attempt = rig.begin(rig.loop, receiver.url(), ClientRig.TIMEOUT_MILLIS, result);
                            assertThat(attempt).isNotNull();
                            attempt.cancel();
                        })
                        .sync();
            }
            rig.awaitNoneUnderWay();
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(false));
            assertThat(result).isNotDone();
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }
}
