package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.cluster.store.MemberExport;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.subscription.webhook.StoredWebhookKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The streams of a server without a cluster become those of a new cluster. */
@Timeout(240)
@MayLogFaults({
    "was abandoned: {}",
    "the registry",
    "cannot begin in epoch",
    "the state of the cluster is not received yet: {}"
})
class FirstMemberTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SUBSCRIPTION = "work";

    @TempDir
    Path folder;

    /** A server with as many shards as the members have, of which the newest records are in journals only. */
    private DurableStreams alone(Path directory) throws IOException {
        return DurableStreams.open(ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(3).adminListen("none"))
                .data(data -> data.directory(directory)
                        .checkpointBytes(64 << 10)
                        .checkpointMillis(600_000)
                        .registry(true))
                .build());
    }

    private Map<String, String> fill(Path directory) throws Exception {
        try (DurableStreams streams = alone(directory)) {
            BlockingStreams blocking = streams.blocking();
            StreamContents.make(blocking, () -> await().until(() -> hasExtent(directory)));
            streams.subscriptions()
                    .blocking()
                    .create(SUBSCRIPTION, SubscriptionOptions.pullWake("wakes").stream("produced"));
            return StreamContents.of(blocking);
        }
    }

    private static boolean hasExtent(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".ext"));
        }
    }

    private static void add(MembersInJvm members, String name) {
        String address = Stream.of(members.config(name).cluster().members().split(","))
                .filter(member -> member.startsWith(name + "="))
                .findFirst()
                .orElseThrow();
        MemberChange change = MemberChange.parse("add " + address);
        await().atMost(PATIENCE).until(() -> {
            ChangeStatus status =
                    members.member(members.leader()).change(change).join();
            assertThat(status.state()).as(status.toString()).isNotEqualTo(ChangeStatus.State.FAILED);
            return status.state() == ChangeStatus.State.DONE;
        });
    }

    private static void assertEqual(MembersInJvm members, Map<String, String> expected) throws Exception {
        for (String name : MembersInJvm.NAMES) {
            members.awaitBarrier(name);
            assertThat(StreamContents.of(members.streams(name).blocking()))
                    .as(name)
                    .isEqualTo(expected);
        }
    }

    @Test
    void theOtherMembersHaveTheStreamsThatTheFirstOneHadAlone() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            Map<String, String> contents = fill(folder.resolve("n1"));
            members.start("n1");
            members.awaitBarrier("n1");
            assertThat(StreamContents.of(members.streams("n1").blocking())).isEqualTo(contents);
            for (String name : List.of("n2", "n3")) {
                members.joins(name);
                members.start(name);
                add(members, name);
            }
            assertEqual(members, contents);
            members.atLeader(streams -> {
                StreamContents.assertContinues(streams);
                return true;
            });
            members.awaitEqual(List.of("produced", "fork", "json"));

            members.end("n1");
            Claim claim = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(
                            () -> members.streams(members.leader())
                                    .subscriptions()
                                    .blocking()
                                    .claim(SUBSCRIPTION, "me"),
                            claimed -> true);
            assertThat(claim.streams()).hasSize(1);
            members.atLeader(streams -> streams.append("json", Content.json("[4]")));
            members.start("n1");
            members.awaitEqual(List.of("produced", "fork", "json"));
        }
        assertThatThrownBy(() -> alone(folder.resolve("n1"))).hasMessageContaining("is that of a member of a cluster");
    }

    @Test
    void anExportOfAMemberIsTheStoreOfAServerAndMayBecomeThatOfAMemberAgain() throws Exception {
        Path key = folder.resolve("n1/webhook-keys");
        Map<String, String> contents = fill(folder.resolve("n1"));
        StoredWebhookKeys.rotate(key, false, System.currentTimeMillis());
        String keys = Files.readString(key);
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.start("n1");
            members.leader();
            members.joins("n2");
            members.start("n2");
            add(members, "n2");
            members.atLeader(streams -> streams.append("json", Content.json("[\"newest\"]")));
            members.awaitBarrier("n2");
            contents = StreamContents.of(members.streams("n2").blocking());
            assertThat(contents.get("json")).contains("newest");
            assertThatThrownBy(() -> export("n2", "too-early")).hasMessageContaining("is in use by another process");
        }
        Map<String, Long> before = files(folder.resolve("n2"));
        List<String> lines = export("n2", "single");
        assertThat(files(folder.resolve("n2"))).isEqualTo(before);
        assertThat(lines)
                .anyMatch(
                        line -> line.matches("made .*single from member n2 of the cluster streamkeeper, with everything"
                                + " up to \\(term [0-9]+, index [0-9]+\\), where its log ends, and verified it"))
                .anyMatch(line -> line.startsWith("what other members have in their logs after that is not in it"));
        assertThatThrownBy(() -> export("n2", "single")).hasMessageContaining("is not empty");
        assertThatThrownBy(() -> export("single", "other")).hasMessageContaining("of a server without a cluster");
        try (DurableStreams streams = alone(folder.resolve("single"))) {
            BlockingStreams blocking = streams.blocking();
            assertThat(StreamContents.of(blocking)).isEqualTo(contents);
            assertThat(Files.readString(folder.resolve("single/webhook-keys"))).isEqualTo(keys);
            StreamContents.assertContinues(blocking);
            contents = StreamContents.of(blocking);
            assertThat(streams.subscriptions()
                            .blocking()
                            .claim(SUBSCRIPTION, "me")
                            .streams())
                    .hasSize(1);
        }
        StoredWebhookKeys.rotate(folder.resolve("single/webhook-keys"), false, System.currentTimeMillis());
        keys = Files.readString(folder.resolve("single/webhook-keys"));
        Files.move(folder.resolve("n1"), folder.resolve("former"));
        Files.move(folder.resolve("single"), folder.resolve("n1"));
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.start("n1");
            members.leader();
            members.awaitBarrier("n1");
            assertThat(StreamContents.of(members.streams("n1").blocking())).isEqualTo(contents);
            assertThat(Files.readString(key)).isEqualTo(keys);
        }
    }

    private List<String> export(String from, String to) throws IOException {
        List<String> lines = new ArrayList<>();
        MemberExport.run(folder.resolve(from), folder.resolve(to), null, lines::add);
        return lines;
    }

    /** The checksums of all files. */
    private static Map<String, Long> files(Path directory) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                CRC32C crc = new CRC32C();
                crc.update(Files.readAllBytes(file));
                files.put(directory.relativize(file).toString(), crc.getValue());
            }
        }
        return files;
    }

    @Test
    void aPreparationThatWasInterruptedIsNoPartOfTheStore() throws Exception {
        Path directory = folder.resolve("n1");
        Map<String, String> contents = fill(directory);
        Path rest = Files.createDirectories(directory.resolve("cluster.new/incoming"));
        Files.writeString(rest.resolve("READY"), "half");
        try (DurableStreams streams = alone(directory)) {
            assertThat(StreamContents.of(streams.blocking())).isEqualTo(contents);
            assertThat(directory.resolve("cluster.new")).doesNotExist();
        }
        Files.createDirectories(rest);
        Files.writeString(rest.resolve("READY"), "half");
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.start("n1");
            members.awaitBarrier("n1");
            assertThat(StreamContents.of(members.streams("n1").blocking())).isEqualTo(contents);
        }
    }

    @Test
    void streamsBecomeThoseOfAClusterOnlyByTheFlagAndWithTheirShards() throws Exception {
        Path directory = folder.resolve("n1");
        fill(directory);
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.joins("n1");
            assertThatThrownBy(() -> members.start("n1"))
                    .hasMessageContaining("has the streams of a server without a cluster")
                    .hasMessageContaining("--cluster-create for the first member of a new cluster");
        }
        try (MembersInJvm members = new MembersInJvm(folder, config -> config.listen(listen -> listen.shards(4)))) {
            assertThatThrownBy(() -> members.start("n1")).hasMessageContaining("has 3 shards, but --shards is 4");
        }
        assertThat(directory.resolve("cluster")).doesNotExist();
        alone(directory).close();
    }
}
