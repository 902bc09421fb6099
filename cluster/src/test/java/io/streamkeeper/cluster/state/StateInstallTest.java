package io.streamkeeper.cluster.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.RaftNode;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The state of a member, received by another one, and put in the place of its own. */
@Timeout(60)
class StateInstallTest {
    private static final String LOCATION = "s3://bucket/prefix";

    @TempDir
    Path folder;

    private SourceMember source;
    private Path data;
    private ClusterConfig config;

    @BeforeEach
    void create() throws Exception {
        source = new SourceMember(folder);
        data = folder.resolve("n2");
        config = source.config("n2");
    }

    @AfterEach
    void end() {
        source.close();
    }

    /** The directory of a member that has an own state of three shards, a log, and has voted. */
    private void makeMember() throws IOException {
        DataDirectory own = DataDirectory.open(new LocalDisk(), data, 0, 3, false);
        for (int shard = 0; shard < SourceMember.SHARDS; shard++) {
            ObjectList.empty(own.store(), shard, LOCATION)
                    .begin("begun-" + shard)
                    .complete(1, new StoredObject("copy-" + shard, 10, 1))
                    .abandon("unneeded-" + shard, 7)
                    .write(new LocalDisk(), own.shard(shard));
        }
        RaftNode.create(config);
        Path log = log(data);
        Files.createDirectories(log);
        Files.writeString(log.resolve("raft-meta"), "term=7\nvotedFor=n9\n");
        Files.write(log.resolve("log_inprogress_0"), "RaftLog1".getBytes(US_ASCII));
    }

    private static Path log(Path data) throws IOException {
        Path raft = data.resolve("cluster/raft");
        if (!Files.exists(raft)) {
            // That of the same cluster.
            raft = data.resolveSibling("n1").resolve("cluster/raft");
        }
        try (Stream<Path> groups = Files.list(raft)) {
            Path group = groups.filter(Files::isDirectory).findFirst().orElseThrow();
            return data.resolve("cluster/raft").resolve(group.getFileName()).resolve("current");
        }
    }

    private void receive(boolean isNew) throws IOException {
        try (StateFetch fetch = new StateFetch(config, isNew, 0)) {
            assertThat(fetch.run()).as("after %s", fetch.progress()).isTrue();
        }
    }

    private void assertInstalled() throws IOException {
        DataDirectory installed = DataDirectory.read(new LocalDisk(), data);
        assertThat(installed.store()).isEqualTo(source.data.store());
        assertThat(installed.shards()).isEqualTo(SourceMember.SHARDS);
        DataDirectory.open(new LocalDisk(), data, SourceMember.SHARDS, SourceMember.SHARDS, true);
        assertThat(data.resolve("shard-002")).doesNotExist();
        assertThat(data.resolve("cluster/incoming")).doesNotExist();
        assertThat(Files.readString(data.resolve("cluster/NODE")))
                .contains("member n2")
                .contains("state started");
        assertThat(log(data).resolve("raft-meta.conf")).exists();
        try (MemberDirectory directory = MemberDirectory.open(config, LogPosition.BEGIN)) {
            assertThat(directory.last()).isGreaterThanOrEqualTo(source.last().index());
        }
    }

    /** No object of the former extents is forgotten, and none is taken for one of the received extents. */
    private void assertFormerObjectsAreKnown() throws IOException {
        DataDirectory installed = DataDirectory.read(new LocalDisk(), data);
        for (int shard = 0; shard < installed.shards(); shard++) {
            ObjectList list = ObjectList.read(new LocalDisk(), installed.shard(shard));
            assertThat(list.store()).isEqualTo(source.data.store());
            assertThat(list.location()).isEqualTo(LOCATION);
            assertThat(list.copies()).isEmpty();
            assertThat(list.begun()).containsExactly("begun-" + shard);
            assertThat(list.unneeded())
                    .containsOnlyKeys("copy-" + shard, "unneeded-" + shard)
                    .containsEntry("unneeded-" + shard, 7L);
        }
    }

    @Test
    void aNewMemberHasTheStateAndHasNotVoted() throws Exception {
        assertThat(MemberDirectory.join(config)).isTrue();
        receive(true);
        StateInstall.run(config, data);
        assertInstalled();
        assertThat(Files.readString(log(data).resolve("raft-meta")))
                .isEqualTo("term=" + source.last().term() + "\nvotedFor=\n");
        assertThat(MemberDirectory.join(config)).isFalse();
        await().untilAsserted(
                        () -> assertThat(folder.resolve("n1/cluster/outgoing")).isEmptyDirectory());
    }

    @Test
    void theVoteOfAMemberStays() throws Exception {
        makeMember();
        receive(false);
        StateInstall.run(config, data);
        assertInstalled();
        assertFormerObjectsAreKnown();
        assertThat(Files.readString(log(data).resolve("raft-meta"))).isEqualTo("term=7\nvotedFor=n9\n");
    }

    @Test
    void aCrashBeforeAnyStepIsRepaired() throws Exception {
        List<String> steps = new ArrayList<>();
        makeMember();
        receive(false);
        copy(folder.resolve("n2"), folder.resolve("ready"));
        StateInstall.run(config, data, steps::add);
        assertThat(steps).hasSizeGreaterThan(6);
        for (int crash = 0; crash < steps.size(); crash++) {
            delete(data);
            copy(folder.resolve("ready"), data);
            int at = crash;
            AtomicInteger done = new AtomicInteger();
            assertThatThrownBy(() -> StateInstall.run(config, data, step -> {
                        if (done.getAndIncrement() == at) {
                            throw new IOException("crash before " + step);
                        }
                    }))
                    .hasMessage("crash before " + steps.get(crash));
            assertThat(StateInstall.isDue(config)).as(steps.get(crash)).isTrue();
            StateInstall.run(config, data);
            assertInstalled();
            assertFormerObjectsAreKnown();
            assertThat(Files.readString(log(data).resolve("raft-meta")))
                    .as("the vote after a crash before " + steps.get(crash))
                    .isEqualTo("term=7\nvotedFor=n9\n");
        }
    }

    @Test
    void aStateThatTheOwnLogHasMeanwhileIsNotInstalled() throws Exception {
        makeMember();
        receive(false);
        delete(log(data));
        copy(log(folder.resolve("n1")), log(data));
        String before = Files.readString(data.resolve("FORMAT"));
        StateInstall.run(config, data);
        assertThat(data.resolve("cluster/incoming")).doesNotExist();
        assertThat(Files.readString(data.resolve("FORMAT"))).isEqualTo(before);
    }

    @Test
    void aNewDirectoryDoesNotGetTheNameOfAMember() throws Exception {
        byte[] answer = source.answerItself("\001offer test n1 new 0".getBytes(US_ASCII));
        StateAnswer parsed = StateAnswer.parse(answer);
        assertThat(parsed.kind()).isEqualTo(StateAnswer.Kind.REFUSED);
        assertThat(parsed.text()).contains("has a member n1").contains("expected a name that was not used before");
        source.before = request -> answer;
        assertThatThrownBy(() -> receive(true)).hasMessageContaining("has a member n1");
    }

    @Test
    @MayLogFaults("the state of the cluster is not received yet")
    void aTransferGoesOnAfterTheSourceHasEnded() throws Exception {
        MemberDirectory.join(config);
        source.end();
        StateFetch fetch = new StateFetch(config, true, 0);
        CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(() -> {
            try {
                return fetch.run();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> fetch.progress().contains("does not answer"));
        source.start();
        assertThat(done.get()).isTrue();
        StateInstall.run(config, data);
        assertInstalled();
    }

    @Test
    @LogsFaults({"the state of the cluster is not received yet", "the tier {} does not", "the tier {} answers again"})
    void anExtentThatIsOnlyInTheObjectStoreIsReadFromThereThoughTheSourceNeedsItNoLonger() throws Exception {
        try (ColdExtent cold = new ColdExtent(source.data)) {
            source.tier = cold.tier;
            MemberDirectory.join(config);
            AtomicInteger reads = new AtomicInteger();
            cold.objects.script((call, key) -> call == Call.READ && reads.getAndIncrement() < 2
                    ? ScriptedObjects.Fate.REFUSED
                    : ScriptedObjects.Fate.ANSWERED);
            source.before = request -> {
                byte[] answer = source.answerItself(request);
                if (new String(request, US_ASCII).contains("offer")) {
                    cold.drop();
                }
                return answer;
            };
            receive(true);
            assertThat(reads.get()).isGreaterThan(2);
            StateInstall.run(config, data);
            assertInstalled();
            DataDirectory installed = DataDirectory.read(new LocalDisk(), data);
            assertThat(cold.file(installed)).hasBinaryContent(cold.bytes);
            assertThat(ObjectList.exists(new LocalDisk(), installed.shard(0))).isFalse();
            await().untilAsserted(() -> {
                cold.tier.step();
                assertThat(cold.objects.keys()).isEmpty();
            });
        }
    }

    @Test
    @LogsFaults("the state of this member cannot be given")
    void aStateThatCannotBeKeptKeepsNoObject() throws Exception {
        try (ColdExtent cold = new ColdExtent(source.data)) {
            source.tier = cold.tier;
            // The manifest of the last shard names a file that is nowhere.
            DataDirectory all = source.data;
            cold.nameFile(all, SourceMember.SHARDS - 1, 9);
            StateAnswer answer = StateAnswer.parse(source.answerItself("\001offer test n2 new 0".getBytes(US_ASCII)));
            assertThat(answer.kind()).isEqualTo(StateAnswer.Kind.LATER);
            cold.drop();
            assertThat(cold.objects.keys()).isEmpty();
        }
    }

    @Test
    @LogsFaults("is damaged, and is removed")
    void aDamagedStateIsReceivedAgain() throws Exception {
        MemberDirectory.join(config);
        AtomicInteger offers = new AtomicInteger();
        Path outgoing = folder.resolve("n1/cluster/outgoing");
        source.before = request -> {
            source.before = null;
            byte[] answer = source.answerItself(request);
            damage(outgoing);
            offers.incrementAndGet();
            return answer;
        };
        receive(true);
        assertThat(offers.get()).isOne();
        StateInstall.run(config, data);
        assertInstalled();
    }

    /** A member whose files are damaged gives a damaged state each time. */
    @Test
    @LogsFaults("is damaged, and is removed")
    void anotherMemberIsAskedWhenTheStateOfOneIsDamaged() throws Exception {
        Path outgoing = folder.resolve("n1/cluster/outgoing");
        source.before = request -> {
            byte[] answer = source.answerItself(request);
            if (new String(request, US_ASCII).contains("offer")) {
                damage(outgoing);
            }
            return answer;
        };
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            config = source.config("n2", new Member("n3", "127.0.0.1", other.getLocalPort()));
            MemberDirectory.join(config);
            Thread fetching;
            try (StateFetch fetch = new StateFetch(config, true, 0)) {
                fetching = new Thread(() -> {
                    try {
                        fetch.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                fetching.start();
                other.setSoTimeout(30_000);
                other.accept().close();
            }
            fetching.join();
        }
    }

    /** Changes a byte of a manifest that is kept, and not of the original. */
    private static void damage(Path outgoing) {
        try (Stream<Path> files = Files.walk(outgoing)) {
            Path manifest =
                    files.filter(file -> file.endsWith("MANIFEST")).findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(manifest);
            bytes[bytes.length / 2] ^= 1;
            Files.write(manifest, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        FileTree.delete(new LocalDisk(), directory);
    }
}
