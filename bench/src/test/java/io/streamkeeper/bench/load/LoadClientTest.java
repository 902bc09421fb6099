package io.streamkeeper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoadClientTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int CONNECTIONS = 3;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final List<String> requestLines = new CopyOnWriteArrayList<>();
    private final LoadClient client = new LoadClient(CONNECTIONS);
    private ServerSocket listener;
    private volatile String answer = ANSWER;
    private volatile long stallMillis;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inThread(() -> {
            while (true) {
                Socket socket = listener.accept();
                inThread(() -> serve(socket));
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        listener.close();
    }

    @Test
    void closedLoopSendsTheWholeWorkloadOnce() throws Exception {
        Measurement measured = client.run(address(), range(500), Pacing.closedLoop(), Measurement.whole(), LIMIT_NANOS);
        assertThat(measured.count()).isEqualTo(500);
        assertThat(measured.failures()).isZero();
        assertThat(requestLines).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void fixedRateSendsWhatIsDueWithinTheLimit() throws Exception {
        Measurement measured = client.run(
                address(), range(10_000), new Pacing(500), Measurement.whole(), TimeUnit.MILLISECONDS.toNanos(400));
        assertThat(measured.count()).isEqualTo(200);
    }

    @Test
    void eachConnectionSendsItsShareOfTheRate() throws Exception {
        for (Pacing.Schedule schedule : List.of(Pacing.Schedule.EACH, Pacing.Schedule.IN_STEP)) {
            requestLines.clear();
            Workload byConnection = (connection, out) -> {
                NumberedRequest.read("x/").writeTo(out, connection);
                return true;
            };
            Measurement measured = client.run(
                    address(),
                    byConnection,
                    new Pacing(300, schedule),
                    Measurement.whole(),
                    TimeUnit.MILLISECONDS.toNanos(400));
            assertThat(measured.count()).as("%s", schedule).isEqualTo(120);
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                String path = "/v1/stream/x/000000" + connection + "?";
                assertThat(requestLines.stream().filter(line -> line.contains(path)))
                        .as("%s", schedule)
                        .hasSize(40);
            }
        }
    }

    @Test
    void stallIsChargedToEveryRequestDueDuringIt() throws Exception {
        stallMillis = 50;
        Measurement measured = client.run(
                address(), range(10_000), new Pacing(200), Measurement.whole(), TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(measured.count()).isEqualTo(100);
        assertThat(measured.latencies().getValueAtPercentile(75)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(600));
    }

    @Test
    void connectionClosedWithoutAResponseFailsTheRun() {
        answer = "";
        assertThatThrownBy(
                        () -> client.run(address(), range(10), Pacing.closedLoop(), Measurement.whole(), LIMIT_NANOS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("without a response");
    }

    @Test
    void bytesAfterAResponseFailTheRun() {
        answer = ANSWER + "!";
        assertThatThrownBy(
                        () -> client.run(address(), range(10), Pacing.closedLoop(), Measurement.whole(), LIMIT_NANOS))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusedConnectionFailsTheRun() throws IOException {
        SocketAddress address = address();
        listener.close();
        assertThatThrownBy(() -> client.run(address, range(10), Pacing.closedLoop(), Measurement.whole(), LIMIT_NANOS))
                .isInstanceOf(IOException.class);
    }

    private SocketAddress address() {
        return listener.getLocalSocketAddress();
    }

    private static Workload range(int count) {
        return new NumberedRange(NumberedRequest.read("x/"), 0, count);
    }

    /** Answers every request; closes the connection if the answer is empty. */
    private void serve(Socket socket) throws IOException {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("GET")) {
                    requestLines.add(line);
                } else if (line.isEmpty()) {
                    stall();
                    out.write(answer.getBytes(StandardCharsets.US_ASCII));
                    if (answer.isEmpty()) {
                        return;
                    }
                }
            }
        }
    }

    private void stall() {
        try {
            TimeUnit.MILLISECONDS.sleep(stallMillis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void inThread(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException e) {
                if (!e.getMessage().contains("losed") && !e.getMessage().contains("reset")) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
