package io.streamkeeper.server.subscription.webhook;

import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.answering;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.subscription.Deliveries.Result;
import io.streamkeeper.server.subscription.Deliveries.Result.Accepted;
import io.streamkeeper.server.subscription.Deliveries.Result.Failed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of receivers, whose addresses a name server of the test chooses. */
@ParameterizedClass
@MethodSource("io.streamkeeper.server.subscription.webhook.ClientTransport#available")
class WebhookNamesTest {
    private static final long SHORT_MILLIS = 400;

    private final ClientTransport transport;

    WebhookNamesTest(ClientTransport transport) {
        this.transport = transport;
    }

    private static InetAddress[] addresses(String list) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : list.split(",", -1)) {
            addresses.add(InetAddress.getByName(each));
        }
        return addresses.toArray(InetAddress[]::new);
    }

    private String reasonFor(String addresses, boolean allowLocal, String url) {
        try (ClientRig rig = new ClientRig(transport, allowLocal, 8, name -> addresses(addresses), null)) {
            Result result = rig.send(url).join();
            rig.awaitNoneUnderWay();
            return ((Failed) result).reason();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.0.0.1,8.8.8.8",
                "8.8.8.8,10.0.0.1",
                "8.8.8.8,8.8.4.4,1.1.1.1,1.0.0.1,169.254.169.254",
                "127.0.0.1",
                "8.8.8.8,127.0.0.1",
                "::1",
                "::ffff:127.0.0.1",
                "fd00::1",
                "2606:4700::1,fe80::1",
                "0.0.0.0",
                "64:ff9b::a00:1",
                "2002:a00:1::1"
            })
    void aNameWithAnAddressThatIsNotPublicIsNotConnectedTo(String addresses) {
        assertThat(reasonFor(addresses, true, "https://worker.example/"))
                .matches("worker\\.example has an? [A-Za-z0-9 -]+; the server sends only to public addresses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "127.0.0.1,10.0.0.1", "10.0.0.1,127.0.0.1", "::1,2606:4700::1"})
    void localhostIsThisMachineOnly(String addresses) {
        assertThat(reasonFor(addresses, true, "http://localhost:8080/"))
                .isEqualTo("localhost has an address that is not this machine");
    }

    @Test
    void aNameThatIsNotKnownIsAFailure() {
        try (ClientRig rig = new ClientRig(
                transport,
                false,
                8,
                name -> {
                    throw new UnknownHostException(name + ": Name or service not known");
                },
                null)) {
            assertThat(rig.send("https://worker.example/").join())
                    .isEqualTo(new Failed(
                            "the name is not known: failed while resolving worker.example: worker.example: Name or"
                                    + " service not known",
                            0));
        }
    }

    @Test
    void theConnectionIsMadeToTheAddressThatWasChecked() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        // A name server that answers differently each time, as for rebinding.
        NameLookups.Resolver rebinding = name -> addresses(asked.getAndIncrement() == 0 ? "127.0.0.2" : "10.0.0.1");
        try (ScriptedReceiver receiver = new ScriptedReceiver("127.0.0.2", null, answering(ok("{\"done\":true}")));
                ClientRig rig = new ClientRig(transport, true, 8, rebinding, null)) {
            assertThat(rig.send("http://localhost:" + receiver.port() + "/").join())
                    .isEqualTo(new Accepted(true));
            assertThat(rig.send("http://localhost:" + receiver.port() + "/").join())
                    .isEqualTo(new Accepted(true));

            assertThat(asked).hasValue(1);
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void theNextAddressIsTriedWhereNothingListens() throws IOException {
        try (ScriptedReceiver receiver = new ScriptedReceiver("127.0.0.3", null, answering(ok("{\"done\":true}")));
                ClientRig rig =
                        new ClientRig(transport, true, 8, name -> addresses("127.0.0.1,127.0.0.2,127.0.0.3"), null)) {
            assertThat(rig.send("http://localhost:" + receiver.port() + "/").join())
                    .isEqualTo(new Accepted(true));
        }
    }

    @Test
    void atMostFourAddressesAreTried() throws IOException {
        String addresses = "127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5";
        try (ScriptedReceiver receiver = new ScriptedReceiver("127.0.0.5", null, answering(ok("{\"done\":true}")));
                ClientRig rig = new ClientRig(transport, true, 8, name -> addresses(addresses), null)) {
            assertThat(rig.send("http://localhost:" + receiver.port() + "/").join())
                    .isInstanceOf(Failed.class);
        }
    }

    @Test
    void aNameServerThatHangsDelaysNoOtherReceiver() throws IOException {
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        NameLookups.Resolver resolver = name -> {
            asked.incrementAndGet();
            awaitUninterruptibly(hanging);
            return addresses("8.8.8.8");
        };
        try (ScriptedReceiver receiver = ScriptedReceiver.of(answering(ok("{\"done\":true}")));
                ClientRig rig = new ClientRig(transport, true, 64, resolver, null)) {
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(rig.send("https://worker" + i % 10 + ".example/", SHORT_MILLIS));
            }
            // A literal address needs no name server.
            assertThat(rig.send(receiver.url()).join()).isEqualTo(new Accepted(true));

            assertThat(results.stream().map(CompletableFuture::join))
                    .containsOnly(new Failed("no connection within 400 ms", 0));
            rig.awaitNoneUnderWay();
            assertThat(asked.get()).isLessThanOrEqualTo(4);
            hanging.countDown();
        }
    }

    @Test
    void namesOfNameServersThatHangDelayOtherNamesAShortTimeOnly() throws IOException {
        CountDownLatch hanging = new CountDownLatch(1);
        NameLookups.Resolver resolver = name -> {
            if (name.equals("localhost")) {
                return addresses("127.0.0.1");
            }
            awaitUninterruptibly(hanging);
            return addresses("10.0.0.1");
        };
        try (ScriptedReceiver receiver = ScriptedReceiver.of(answering(ok("{\"done\":true}")));
                ClientRig rig = new ClientRig(transport, true, 64, resolver, null)) {
            List<CompletableFuture<Result>> hostile = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                hostile.add(rig.send("https://worker" + i + ".example/", 30_000));
            }
            await().until(() -> rig.client.underWay() == 8);
            // Twice four names take a thread for a second each.
            assertThat(rig.send("http://localhost:" + receiver.port() + "/").join())
                    .isEqualTo(new Accepted(true));
            assertThat(hostile).noneMatch(CompletableFuture::isDone);
            hanging.countDown();
            hostile.forEach(CompletableFuture::join);
        }
    }

    @Test
    void aNameIsResolvedOnceForAllThatAskAtTheSameTime() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        NameLookups.Resolver resolver = name -> {
            asked.incrementAndGet();
            awaitUninterruptibly(answered);
            return addresses("10.0.0.1");
        };
        try (ClientRig rig = new ClientRig(transport, false, 64, resolver, null)) {
            List<CompletableFuture<Result>> results = Stream.generate(() -> rig.send("https://worker.example/"))
                    .limit(20)
                    .toList();
            await().until(() -> asked.get() == 1 && rig.client.underWay() == 20);
            rig.loop.submit(() -> {}).syncUninterruptibly();
            answered.countDown();

            assertThat(results.stream().map(CompletableFuture::join)).allMatch(Failed.class::isInstance);
            assertThat(asked.get()).isLessThan(20);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
