package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.wire.TestConnection.requestText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for both sides that a client sends without waiting. */
@Timeout(60)
class MountOrderTest {
    @RegisterExtension
    static final MountingServer SERVER = new MountingServer();

    private static String get(String target) {
        return requestText("GET", target, "");
    }

    @Test
    void answersLeaveInTheOrderOfTheRequestsWhoeverIsSlow() throws Exception {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(path)
                    + get(OwnHandler.LATE)
                    + get(path)
                    + requestText("HEAD", path, "")
                    + requestText("POST", path, "def", TEXT)
                    + get(OwnHandler.HELLO)
                    + requestText("POST", OwnHandler.LATE, "body")
                    + get(path));
            assertThat(connection.receive().is(200).text()).isEqualTo("abc");
            SERVER.answerLate();
            assertThat(connection.receive().text()).isEqualTo("GET /late ");
            assertThat(connection.receive().text()).isEqualTo("abc");
            connection.input().answer(true).is(200);
            connection.receive().is(204);
            assertThat(connection.receive().text()).isEqualTo("GET /hello ");
            SERVER.answerLate();
            assertThat(connection.receive().text()).isEqualTo("POST /late body");
            assertThat(connection.receive().text()).isEqualTo("abcdef");
        }
        SERVER.takeSeen();
    }

    @Test
    void anAnswerInPartsWithAnotherBeforeItIsOneAnswer() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(OwnHandler.PARTS) + get(path) + get(OwnHandler.PARTS) + get(path));
            for (int i = 0; i < 2; i++) {
                connection.receive().is(103);
                assertThat(connection.receive().text()).isEqualTo("one,two");
                assertThat(connection.receive().text()).isEqualTo("abc");
            }
        }
        SERVER.takeSeen();
    }

    @Test
    void theOtherHandlersMayOweSeveralAnswersAtOnce() throws Exception {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(OwnHandler.LATE) + get(OwnHandler.LATE) + get(path));
            await().until(() -> SERVER.takeSeen().size() == 2);
            SERVER.answerLate();
            SERVER.answerLate();
            connection.receive().is(200);
            connection.receive().is(200);
            assertThat(connection.receive().text()).isEqualTo("abc");
        }
    }

    @Test
    void whatComesBehindALongPollWaitsUnreadUntilItIsAnswered() throws Exception {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(path + "?offset=now&live=long-poll") + get(OwnHandler.HELLO) + get(path));
            await().until(() -> !SERVER.lastOuter().config().isAutoRead());
            assertThat(SERVER.takeSeen()).isEmpty();

            SERVER.append(path, "def", TEXT);

            assertThat(connection.receive().is(200).text()).isEqualTo("def");
            assertThat(connection.receive().text()).isEqualTo("GET /hello ");
            assertThat(connection.receive().text()).isEqualTo("abcdef");
            assertThat(connection.exchange("GET", OwnHandler.HELLO, "").text()).isEqualTo("GET /hello ");
        }
        SERVER.takeSeen();
    }

    @Test
    void nothingFollowsEventsOnTheirConnection() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(path + "?offset=-1&live=sse") + get(OwnHandler.HELLO));
            EventReader events = connection.receiveEvents();
            assertThat(events.data().data()).isEqualTo("abc");
            SERVER.exchange("POST", path, "", "Stream-Closed: true").is(204);
            assertThat(events.rest()).hasSize(1);
            connection.assertEnds();
        }
        assertThat(SERVER.takeSeen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyMixtureIsAnsweredInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        String path = SERVER.create(TEXT, "abc");
        List<String> targets = new ArrayList<>();
        while (targets.size() < 100) {
            // The handler answers out of order where it answers some at once and some late, so each run is of one kind.
            String run = List.of(path, OwnHandler.HELLO, path, OwnHandler.LATE).get(random.nextInt(4));
            if (run.equals(path)
                    || targets.isEmpty()
                    || targets.get(targets.size() - 1).equals(path)) {
                targets.addAll(Collections.nCopies(1 + random.nextInt(3), run));
            }
        }
        StringBuilder requests = new StringBuilder();
        targets.forEach(target -> requests.append(get(target)));
        int cut = random.nextInt(requests.length());
        int late = Collections.frequency(targets, OwnHandler.LATE);
        ExecutorService slow = Executors.newSingleThreadExecutor();
        try (TestConnection connection = SERVER.connect()) {
            connection.send(requests.substring(0, cut));
            connection.send(requests.substring(cut));
            Future<?> answered = slow.submit(() -> SERVER.answerLate(late));
            for (String target : targets) {
                String expected = target.equals(path) ? "abc" : "GET " + target + " ";
                assertThat(connection.receive().is(200).text())
                        .as("seed %s", seed)
                        .isEqualTo(expected);
            }
            answered.get();
        }
        slow.shutdown();
        SERVER.takeSeen();
    }

    // ---- the last answer ----

    @Test
    void nothingIsDoneBehindAnAnswerOfTheOthersThatIsTheLast() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(get(OwnHandler.LAST) + requestText("POST", path, "def", TEXT) + get(OwnHandler.HELLO));
            assertThat(connection.receive().field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
        assertThat(SERVER.get(path).text()).isEqualTo("abc");
        assertThat(SERVER.takeSeen()).containsExactly("GET /last");
    }

    @Test
    void nothingIsDoneBehindAnAnswerOfOursThatIsTheLast() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send(requestText("GET", path, "", "Connection: close")
                    + get(OwnHandler.HELLO)
                    + requestText("POST", path, "def", TEXT));
            assertThat(connection.receive().is(200).field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
        assertThat(SERVER.get(path).text()).isEqualTo("abc");
        assertThat(SERVER.takeSeen()).isEmpty();
    }

    // ---- other protocols ----

    @Test
    void nothingIsTouchedAnyMoreWhenTheProtocolIsSwitched() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.exchange("GET", path, "").is(200);
            connection
                    .exchange("GET", OwnHandler.SWITCH, "", "Upgrade: echo", "Connection: upgrade")
                    .is(101);
            await().until(() -> !SERVER.lastInner().isOpen());
            connection.send(get(path));
            connection.send("and " + get(path));
            assertThat(connection.input().text(2 * get(path).length() + 4)).isEqualTo(get(path) + "and " + get(path));
        }
        SERVER.takeSeen();
    }

    @Test
    void aTunnelIsNotTouched() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("CONNECT " + OwnHandler.SWITCH + " HTTP/1.1\r\nHost: test\r\n\r\n");
            connection.input().head();
            connection.send(get(MountingServer.path()));
            assertThat(connection.input().text(10)).isEqualTo("GET /api/s");
        }
        SERVER.takeSeen();
    }
}
