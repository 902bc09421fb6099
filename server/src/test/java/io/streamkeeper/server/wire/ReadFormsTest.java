package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.wire.FrameClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that a read can be put together from, over everything that can carry it: bytes in memory, in a file and in
 * both, of the stream itself and of the sources of a fork; sent over HTTP/1.1 and HTTP/2, with and without TLS,
 * compressed or not, at once or as the client's window allows.
 */
@Timeout(120)
class ReadFormsTest {
    private static final List<Integer> MESSAGE_BYTES = List.of(10, 300, 3_000, 30_000);
    private static final List<Integer> TLS_MESSAGE_BYTES = List.of(10, 3_000);
    private static final int MESSAGES = 6;
    private static final int INITIAL_WINDOW = 4;

    private static TestServer plain;
    private static TestServer tls;

    /** Sends one request for a read, and returns its answer. */
    private interface Carrier {
        Answer read(TestServer server, String target, String... fields) throws IOException;
    }

    /** One way to send an answer. */
    private record Form(String name, Carrier carrier) {}

    private static final List<Form> FORMS = List.of(
            new Form("HTTP/1.1", ReadFormsTest::overHttp1),
            new Form(
                    "HTTP/2",
                    (server, target, fields) -> overHttp2(server, Integer.MAX_VALUE, List.of(), target, fields)),
            new Form(
                    "HTTP/2, the whole window after the request",
                    (server, target, fields) -> overHttp2(server, 0, List.of(1 << 30), target, fields)),
            new Form(
                    "HTTP/2, small windows",
                    (server, target, fields) ->
                            overHttp2(server, 0, List.of(1, 60, 1, 700, 5_000, 1 << 30), target, fields)));

    @BeforeAll
    static void start() throws IOException {
        plain = server(false);
        tls = server(true);
    }

    @AfterAll
    static void stop() {
        plain.close();
        tls.close();
    }

    private static TestServer server(boolean isTls) throws IOException {
        return TestServer.started(TestServer.config(config -> {
            config.listen(listen -> listen.adminListen("127.0.0.1:0"))
                    .data(data -> data.checkpointBytes(256 << 20).checkpointMillis(3_600_000));
            if (isTls) {
                config.tls(TestServer::on);
            }
        }));
    }

    private static Answer overHttp1(TestServer server, String target, String... fields) throws IOException {
        try (TestConnection connection = server.connect()) {
            return connection.exchange("GET", target, "", fields);
        }
    }

    /** A read whose client gives {@code windows} one after the other, each after it has received something. */
    private static Answer overHttp2(
            TestServer server, int first, List<Integer> windows, String target, String... fields) throws IOException {
        try (FrameClient client = FrameClient.begun(server, INITIAL_WINDOW, first)) {
            client.window(0, 1 << 30);
            client.request(1, "GET", target, null, fields);
            Iterator<Integer> left = windows.iterator();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            giveNext(client, left);
            Answer head = client.head(1);
            Frame data = client.await(FrameClient.DATA);
            body.write(data.bytes());
            while (!data.endsStream()) {
                giveNext(client, left);
                data = client.await(FrameClient.DATA);
                body.write(data.bytes());
            }
            return new Answer(head.status(), head.fields(), body.toByteArray());
        }
    }

    private static void giveNext(FrameClient client, Iterator<Integer> windows) throws IOException {
        if (windows.hasNext()) {
            client.window(1, windows.next());
        }
    }

    private static void checkpoint(TestServer server) {
        try (TestConnection connection =
                new TestConnection(server.server().adminAddress().orElseThrow())) {
            connection.exchange("POST", "/admin/checkpoint", "").is(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The messages {@code from} to {@code to} of a stream, without the commas between them. */
    private static List<String> messages(int from, int to, int bytes) {
        return IntStream.range(from, to)
                .mapToObj(number -> "\"" + number + "x".repeat(bytes) + "\"")
                .collect(Collectors.toList());
    }

    private static void append(TestServer server, String path, String type, List<String> messages) {
        messages.forEach(message -> server.post(path, message, type).is(204));
    }

    /** The streams of one size, by where their bytes are; each has the same {@value #MESSAGES} messages. */
    private static Map<String, String> streams(TestServer server, String type, int bytes) {
        Map<String, String> streams = new LinkedHashMap<>();
        String inFile = server.create(type, "");
        append(server, inFile, type, messages(0, MESSAGES, bytes));
        String inBoth = server.create(type, "");
        append(server, inBoth, type, messages(0, 3, bytes));
        String source = server.create(type, "");
        append(server, source, type, messages(0, 2, bytes));
        String forkInFile = server.create(type, "", "Stream-Forked-From: " + source);
        append(server, forkInFile, type, messages(2, MESSAGES, bytes));
        String forkInBoth = server.create(type, "", "Stream-Forked-From: " + source);
        append(server, forkInBoth, type, messages(2, 4, bytes));

        checkpoint(server);
        append(server, inBoth, type, messages(3, MESSAGES, bytes));
        append(server, forkInBoth, type, messages(4, MESSAGES, bytes));
        String inMemory = server.create(type, "");
        append(server, inMemory, type, messages(0, MESSAGES, bytes));
        String forkInMemory = server.create(type, "", "Stream-Forked-From: " + inMemory);

        streams.put("memory", inMemory);
        streams.put("file", inFile);
        streams.put("file and memory", inBoth);
        streams.put("a fork whose source is in memory", forkInMemory);
        streams.put("a fork in files", forkInFile);
        streams.put("a fork in files and memory", forkInBoth);
        return streams;
    }

    @ParameterizedTest
    @ValueSource(strings = {TestServer.JSON, TestServer.TEXT})
    void aReadIsTheSameWhereverItsBytesAreAndHoweverTheyAreSent(String type) throws IOException {
        for (TestServer server : List.of(plain, tls)) {
            for (int bytes : server.isTls() ? TLS_MESSAGE_BYTES : MESSAGE_BYTES) {
                List<String> all = messages(0, MESSAGES, bytes);
                String expected =
                        type.equals(TestServer.JSON) ? "[" + String.join(",", all) + "]" : String.join("", all);
                for (Map.Entry<String, String> stream :
                        streams(server, type, bytes).entrySet()) {
                    assertEveryForm(server, stream, bytes, expected);
                }
            }
        }
    }

    private static void assertEveryForm(
            TestServer server, Map.Entry<String, String> stream, int bytes, String expected) {
        for (Form form : FORMS) {
            for (String query : List.of("?offset=-1", "?offset=-1&live=long-poll")) {
                for (List<String> fields : List.of(List.<String>of(), List.of("Accept-Encoding: gzip"))) {
                    String read = "%s of messages of %s bytes in %s, TLS %s, over %s, %s"
                            .formatted(query, bytes, stream.getKey(), server.isTls(), form.name(), fields);
                    assertThat(text(form, server, stream.getValue() + query, fields))
                            .as(read)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** The text of an answer, or why there is none. */
    private static String text(Form form, TestServer server, String target, List<String> fields) {
        try {
            Answer answer = form.carrier()
                    .read(server, target, fields.toArray(String[]::new))
                    .is(200);
            return "gzip".equals(answer.field("content-encoding")) ? answer.unzipped() : answer.text();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
