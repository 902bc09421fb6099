package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.cluster.ChangeStatus.State;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.cluster.store.MemberExport;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tool.SnapshotRestore;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members whose extent files leave the disk as soon as they have an object, all in one object store. */
@Timeout(240)
@MayLogFaults({
    "was abandoned: {}",
    "is too far behind",
    "the registry lacks changes",
    "the state of the cluster is not received yet: {}"
})
class ClusterTierTest {
    private static final int MIB = 1 << 20;
    private static final int OBJECT_BYTES_MIN = 64 << 10;

    /** So many appends of one MiB are in each stream. */
    private static final int APPENDS_EACH = 4;

    /** Much more than two files of the log have. */
    private static final int APPENDS = 80;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final Random random = new Random(1);
    private String location = "";
    private ScriptedObjects objects = new ScriptedObjects();
    private MembersInJvm members;

    /** What streams have that are not deleted, without what they inherit. */
    private long appendedBytes;

    @BeforeEach
    void prepare() throws IOException {
        location = "objects://" + folder.getFileName();
        objects = SharedObjects.at(location);
        members = new MembersInJvm(
                folder,
                config -> config.tier(tier -> tier.location(location)
                        .objectBytesMin(OBJECT_BYTES_MIN)
                        .localBytesMax(0)
                        .keepMillis(0)));
    }

    @AfterEach
    void end() {
        members.close();
        SharedObjects.remove(location);
    }

    @Test
    void eachMemberHasItsOwnObjectsAndAllReadTheSameWhileLeadersChangeAndStreamsAreDeleted() throws Exception {
        members.startAll();
        List<String> paths = fill(12);
        awaitCold(MembersInJvm.NAMES);
        members.awaitEqual(paths);
        assertThat(prefixes()).hasSize(3);

        for (int turn = 0; turn < 3; turn++) {
            String leader = members.leader();
            members.end(leader);
            paths.addAll(fill(4));
            delete(paths);
            members.start(leader);
            members.awaitEqual(paths);
        }
        awaitCold(MembersInJvm.NAMES);
        awaitOnlyNeededObjects(MembersInJvm.NAMES);
        members.awaitEqual(paths);
        assertThat(prefixes()).hasSize(3);
        for (String path : paths) {
            members.atLeader(streams -> streams.append(path, Content.text("only in the log")));
        }
        members.awaitEqual(paths);
        Map<String, Integer> contents = contents(members.streams("n1").blocking(), paths);
        MembersInJvm.NAMES.forEach(members::end);
        export(contents);
        verify();
    }

    /** What a store has in each of these streams. */
    private static Map<String, Integer> contents(BlockingStreams streams, Collection<String> paths)
            throws InterruptedException {
        Map<String, Integer> contents = new TreeMap<>();
        for (String path : paths) {
            contents.put(path, (MembersInJvm.text(streams, path) + streams.metadata(path)).hashCode());
        }
        return contents;
    }

    /** Files that are only objects get into a store without a cluster if the command knows the place. */
    private void export(Map<String, Integer> contents) throws Exception {
        Path directory = folder.resolve("n1");
        Path target = folder.resolve("single");
        assertThatThrownBy(() -> MemberExport.run(directory, target, null, line -> {}))
                .hasMessageContaining("extent files of ")
                .hasMessageContaining("expected --tier " + location);
        assertThat(target).doesNotExist();
        assertThatThrownBy(() -> MemberExport.run(
                        directory, target, new StoredObjects(objects, "objects://elsewhere"), line -> {}))
                .hasMessageContaining("expected --tier " + location);
        assertThat(target).doesNotExist();
        Set<String> before = objects.keys();
        MemberExport.run(directory, target, new StoredObjects(objects, location), line -> {});
        assertThat(objects.keys()).isEqualTo(before);
        try (DurableStreams single = DurableStreams.open(alone(target).build())) {
            assertThat(contents(single.blocking(), contents.keySet())).isEqualTo(contents);
        }
    }

    private static ServerConfig.Builder alone(Path directory) {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(3).adminListen("none"))
                .data(data -> data.directory(directory).registry(true));
    }

    @Test
    void snapshotsOfAServerStayWhenItBecomesAMember() throws Exception {
        Path directory = folder.resolve("n1");
        ServerConfig config = alone(directory)
                .tier(tier -> tier.location(location).snapshotMillis(1_000))
                .build();
        Map<String, Integer> contents;
        try (DurableStreams server = DurableStreams.open(config)) {
            BlockingStreams streams = server.blocking();
            streams.create("s", CreateOptions.text());
            streams.append("s", Content.text("text".repeat(OBJECT_BYTES_MIN)));
            contents = contents(streams, List.of("s"));
            await().atMost(PATIENCE)
                    .until(() -> SnapshotList.exists(new LocalDisk(), directory)
                            && SnapshotList.read(new LocalDisk(), directory).newest() > 0);
        }
        Set<String> former = Set.copyOf(objects.keys());
        members.start("n1");
        members.awaitBarrier("n1");
        assertThat(contents(members.streams("n1").blocking(), List.of("s"))).isEqualTo(contents);
        awaitCold(List.of("n1"));
        assertThat(objects.keys()).containsAll(former);
        assertThat(metric("n1", Metric.TIER_SNAPSHOT_SECONDS)).isNegative();
        new SnapshotRestore(new LocalDisk(), objects, location, line -> {}).restore("", folder.resolve("restored"));
        try (DurableStreams restored =
                DurableStreams.open(alone(folder.resolve("restored")).build())) {
            assertThat(contents(restored.blocking(), List.of("s"))).isEqualTo(contents);
        }
    }

    /** The tools at the directory of a member that does not run. */
    private void verify() throws IOException {
        Path directory = folder.resolve("n1");
        List<String> lines = new ArrayList<>();
        StoredObjects stored = new StoredObjects(objects, location);
        assertThat(new StoreVerifier(new LocalDisk(), stored, lines::add).verify(directory))
                .isEmpty();
        assertThat(lines).anyMatch(line -> line.matches("shard 0: [0-9]+ extent files?, [0-9]+ objects?, .*"));
        assertThat(new StoreVerifier(new LocalDisk(), lines::add).verify(directory))
                .singleElement()
                .asString()
                .contains("expected --tier " + location);
        assertThatThrownBy(() -> new SnapshotRestore(new LocalDisk(), objects, location, lines::add)
                        .restore("", folder.resolve("restored")))
                .hasMessageContaining("has no snapshot")
                .hasMessageContaining("cluster replace");
        String key = listOf(directory, 0).copies().values().iterator().next().key();
        objects.delete(key);
        assertThat(new StoreVerifier(new LocalDisk(), stored, lines::add).verify(directory))
                .singleElement()
                .asString()
                .contains(key, "is missing");
    }

    @Test
    void aMemberThatWasAwayForLongReceivesAStateOfObjectsAndGivesItsFormerOnesUp() throws Exception {
        members.keepingLog(1);
        members.startAll();
        List<String> paths = fill(8);
        members.awaitEqual(paths);
        awaitCold(MembersInJvm.NAMES);
        String away = members.follower();
        Set<String> former = keysOf(away);
        assertThat(former).isNotEmpty();
        members.end(away);
        paths.addAll(fill(APPENDS));
        awaitCold(List.of(members.leader(), members.follower()));
        members.start(away);
        awaitState(away);
        members.end(away);
        members.start(away);
        members.awaitEqual(paths);
        awaitCold(MembersInJvm.NAMES);
        awaitOnlyNeededObjects(MembersInJvm.NAMES);
        assertThat(keysOf(away)).isNotEmpty().doesNotContainAnyElementsOf(former);
        members.awaitEqual(paths);
    }

    @Test
    void aMemberIsReplacedByANewOneWhoseStateIsReadFromObjects() throws Exception {
        members.keepingLog(1);
        members.startAll();
        List<String> paths = fill(APPENDS);
        members.awaitEqual(paths);
        awaitCold(MembersInJvm.NAMES);
        String lost = members.follower();
        members.end(lost);
        Set<String> left = keysOf(lost);

        members.joinsAs("n4");
        members.start("n4");
        String leader = members.leader();
        change(leader, "replace " + lost + " by " + members.item("n4"));
        List<String> names = List.of(leader, members.follower(), "n4").stream()
                .distinct()
                .collect(Collectors.toCollection(ArrayList::new));
        MembersInJvm.NAMES.stream()
                .filter(name -> !name.equals(lost) && !names.contains(name))
                .forEach(names::add);
        members.awaitEqual(names, paths);
        paths.addAll(fill(4));
        delete(paths);
        awaitCold(names);
        awaitOnlyNeededObjects(names);
        members.awaitEqual(names, paths);
        assertThat(keysOf(lost)).isEqualTo(left);
        assertThat(prefixes()).hasSize(4);

        left.forEach(this::deleteObject);
        members.awaitEqual(names, paths);
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void whileTheObjectStoreIsAwayMembersStayReadyAndWritesGoOn() throws Exception {
        members.startAll();
        List<String> paths = fill(4);
        awaitCold(MembersInJvm.NAMES);
        objects.script((call, key) -> Fate.REFUSED);
        String written = fill(1).get(0);
        for (String name : MembersInJvm.NAMES) {
            members.awaitBarrier(name);
            assertThat(members.text(name, written)).hasSize(MIB);
            assertThat(members.member(name).notReady()).isNull();
            assertThatThrownBy(() -> members.streams(name).blocking().read(paths.get(0), From.beginning()))
                    .isInstanceOf(StreamException.Unavailable.class)
                    .hasMessageContaining("object store");
            await().atMost(PATIENCE).until(() -> metric(name, Metric.TIER_FAILING_SECONDS) > 0);
            await().atMost(PATIENCE).until(() -> metric(name, Metric.TIER_WAITING_BYTES) > 0);
        }
        String leader = members.leader();
        members.end(leader);
        String second = fill(1).get(0);
        members.start(leader);
        members.awaitEqual(List.of(written, second));
        objects.script(ScriptedObjects.Script.NONE);
        awaitCold(MembersInJvm.NAMES);
        paths.addAll(List.of(written, second));
        members.awaitEqual(paths);
        for (String name : MembersInJvm.NAMES) {
            await().atMost(PATIENCE).until(() -> metric(name, Metric.TIER_FAILING_SECONDS) == 0);
        }
    }

    // ---- what members do ----

    private void change(String at, String text) throws Exception {
        MemberChange change = MemberChange.parse(text);
        assertThat(members.member(at).change(change).get().state()).isIn(State.RUNNING, State.DONE);
        await().atMost(PATIENCE).until(() -> members.member(at).change().get().state() == State.DONE);
    }

    private void awaitState(String name) {
        AtomicBoolean isReceived = new AtomicBoolean();
        members.member(name).whenStateIsReceived(() -> isReceived.set(true));
        await().atMost(PATIENCE).untilTrue(isReceived);
    }

    private double metric(String name, Metric metric) {
        return members.streams(name).metrics().join().samples().stream()
                .filter(sample -> sample instanceof MetricsSnapshot.Value value && value.metric() == metric)
                .mapToDouble(sample -> ((MetricsSnapshot.Value) sample).value())
                .sum();
    }

    /** Appends so many MiB to new streams, some of which are forks; returns the streams. */
    private List<String> fill(int mebibytes) {
        List<String> paths = new ArrayList<>();
        for (int each = 0; each < mebibytes; each++) {
            if (each % APPENDS_EACH == 0) {
                String path = "s" + random.nextInt(1_000_000);
                CreateOptions options = paths.isEmpty() || random.nextBoolean()
                        ? CreateOptions.text()
                        : CreateOptions.forkOf(paths.get(random.nextInt(paths.size())));
                members.atLeader(streams -> streams.create(path, options));
                paths.add(path);
            }
            String path = paths.get(paths.size() - 1);
            String text = Integer.toString(1_000 + random.nextInt(9_000)).repeat(MIB / 4);
            int number = each;
            members.atLeader(streams -> streams.append(
                    path, Content.text(text), AppendOptions.none().producer("p", 0, number % APPENDS_EACH)));
            appendedBytes += MIB;
        }
        return paths;
    }

    /** Deletes the first of these streams. */
    private void delete(List<String> paths) {
        String deleted = paths.remove(0);
        members.atLeader(streams -> {
            try {
                streams.delete(deleted);
            } catch (StreamException.NotFound | StreamException.Deleted e) {
                // An attempt whose outcome was not known has deleted it.
            }
            return null;
        });
        appendedBytes -= APPENDS_EACH * (long) MIB;
    }

    // ---- objects ----

    private void deleteObject(String key) {
        try {
            objects.delete(key);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What the keys of all objects begin with. */
    private Set<String> prefixes() {
        return objects.keys().stream()
                .map(key -> key.substring(0, key.indexOf('/')))
                .collect(Collectors.toSet());
    }

    private Set<String> keysOf(String name) {
        return objects.keys().stream()
                .filter(key -> key.startsWith("member-" + name + "-"))
                .collect(Collectors.toSet());
    }

    private static ObjectList listOf(Path directory, int shard) throws IOException {
        DataDirectory data = DataDirectory.read(new LocalDisk(), directory);
        return ObjectList.read(new LocalDisk(), data.shard(shard));
    }

    /** Waits until members have all that was appended in extents, and no large one on the disk. */
    private void awaitCold(Collection<String> names) {
        for (String name : names) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(metric(name, Metric.EXTENT_NEEDED_BYTES)).isGreaterThanOrEqualTo((double) appendedBytes);
                assertThat(largeExtentsOf(name)).isEmpty();
                assertThat(metric(name, Metric.TIER_OBJECT_BYTES)).isGreaterThanOrEqualTo((double) appendedBytes);
            });
        }
    }

    private List<Path> largeExtentsOf(String name) throws IOException {
        List<Path> extents = new ArrayList<>();
        DataDirectory data = DataDirectory.read(new LocalDisk(), folder.resolve(name));
        for (int shard = 0; shard < data.shards(); shard++) {
            try (Stream<Path> files = Files.list(DataDirectory.extents(data.shard(shard)))) {
                files.filter(file -> file.toString().endsWith(".ext")
                                && file.toFile().length() >= OBJECT_BYTES_MIN)
                        .forEach(extents::add);
            }
        }
        return extents;
    }

    /** Waits until the objects of each member are those that its own lists name as copies. */
    private void awaitOnlyNeededObjects(Collection<String> names) {
        for (String name : names) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                Set<String> named = new HashSet<>();
                for (int shard = 0; shard < 3; shard++) {
                    for (StoredObject object :
                            listOf(folder.resolve(name), shard).copies().values()) {
                        named.add(object.key());
                    }
                }
                assertThat(keysOf(name)).isEqualTo(named);
            });
        }
    }
}
