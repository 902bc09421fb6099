package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Snapshot;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.directory.SnapshotList.State;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.ScriptedObjects.Script;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tool.SnapshotRestore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A data directory is made again from the objects alone, up to its newest snapshot. */
class SnapshotTest {
    private static final String LOCATION = TieredStorage.LOCATION;
    private static final long KEEP_MILLIS = TieredStorage.KEEP_MILLIS;
    private static final long LATE_MILLIS = 900_000;
    private static final String LONG = "x".repeat(1_000);

    private final ScriptedObjects objects = new ScriptedObjects();
    private final FileRig rig;
    private Tier tier;

    SnapshotTest() throws IOException {
        rig = new FileRig(this::storage);
        rig.create(CreateRequest.at("s"));
    }

    private StorageProvider storage(FileRig of) {
        TieredStorage storage = new TieredStorage(of, objects);
        tier = storage.tier;
        return storage;
    }

    private void stepTier() {
        rig.clock.advance(TieredStorage.INTERVAL_MILLIS);
        tier.step();
    }

    private SnapshotList list() throws IOException {
        return SnapshotList.read(rig.disk, FileRig.DATA);
    }

    /** The disk is lost: only the objects are left. Returns what restore reports. */
    private List<String> burn() throws IOException {
        rig.kill();
        for (Path file : rig.disk.files()) {
            rig.disk.delete(file);
        }
        for (Path directory :
                List.of(DataDirectory.journal(FileRig.SHARD), DataDirectory.extents(FileRig.SHARD), FileRig.SHARD)) {
            rig.disk.delete(directory);
        }
        for (Path directory : rig.disk.directories(FileRig.DATA)) {
            rig.disk.delete(directory);
        }
        List<String> said = new ArrayList<>();
        new SnapshotRestore(rig.disk, objects, LOCATION, said::add).restore("", FileRig.DATA);
        return said;
    }

    @Test
    void theDirectoryIsMadeAgainFromExtentsAndTheJournal() throws IOException {
        rig.append("s", LONG);
        rig.checkpoint();
        rig.create(CreateRequest.at("t"));
        rig.append("t", "short");
        rig.step();
        rig.append("s", "end");
        stepTier();
        assertThat(burn().toString()).contains("restored /data from snapshot 1 at " + LOCATION);
        rig.start();
        assertThat(rig.read("s")).isEqualTo(LONG + "end");
        assertThat(rig.read("t")).isEqualTo("short");
        rig.append("s", "more");
        assertThat(rig.read("s")).isEqualTo(LONG + "endmore");
    }

    @Test
    void whatIsWrittenAfterTheSnapshotIsLostAndNothingElse() throws IOException {
        rig.append("s", "a");
        stepTier();
        rig.append("s", "b");
        burn();
        rig.start();
        assertThat(rig.read("s")).isEqualTo("a");
    }

    @Test
    void aSnapshotNamesNoRecordAfterItsMoment() throws IOException {
        rig.append("s", "a");
        objects.script((call, key) -> {
            if (call == Call.CREATE && key.contains("snapshot-")) {
                objects.script(Script.NONE);
                rig.append("s", "b");
                rig.checkpoint();
                rig.append("s", "c");
            }
            return Fate.ANSWERED;
        });
        stepTier();
        burn();
        rig.start();
        assertThat(rig.read("s")).isEqualTo("a");
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void whatASnapshotNamesStaysUntilThereIsAnotherAndItsTimeIsOver() throws IOException {
        rig.append("s", LONG);
        rig.checkpoint();
        stepTier();
        assertThat(list().newest()).isEqualTo(1);
        int before = objects.keys().size();
        rig.delete("s");
        rig.checkpoint();
        rig.clock.advance(2 * KEEP_MILLIS);
        objects.script((call, key) -> call == Call.CREATE ? Fate.REFUSED : Fate.ANSWERED);
        stepTier();
        assertThat(objects.keys()).hasSize(before);
        objects.script(Script.NONE);
        rig.clock.advance(LATE_MILLIS);
        stepTier();
        stepTier();
        rig.clock.advance(2 * KEEP_MILLIS);
        stepTier();
        stepTier();
        assertThat(list().entries().values())
                .extracting(SnapshotList.Entry::state)
                .containsExactly(State.COMPLETE);
        assertThat(objects.keys().stream().filter(key -> key.startsWith("snapshots/")))
                .hasSize(1);
        assertThat(objects.keys()).hasSizeLessThanOrEqualTo(before);
    }

    @Test
    void nothingIsMadeWhileNothingChanges() throws IOException {
        rig.append("s", "a");
        stepTier();
        int before = objects.keys().size();
        stepTier();
        stepTier();
        assertThat(list().newest()).isEqualTo(1);
        assertThat(objects.keys()).hasSize(before);
        rig.append("s", "b");
        stepTier();
        assertThat(list().newest()).isEqualTo(2);
    }

    @Test
    void aSnapshotThatIsNotWholeGivesWayToTheOneBefore() throws IOException {
        rig.append("s", "a");
        stepTier();
        rig.append("s", "b");
        stepTier();
        String own = list().entries().get(2L).names().iterator().next();
        objects.delete(own);
        assertThat(burn())
                .anyMatch(line -> line.startsWith("warning: snapshot ") && line.contains(own))
                .anyMatch(line -> line.contains("from snapshot 1 "));
        rig.start();
        assertThat(rig.read("s")).isEqualTo("a");
    }

    @Test
    void aListThatIsOldLeadsToASnapshotThatIsWhole() throws IOException {
        rig.append("s", "a");
        stepTier();
        Set<String> old = objects.keys();
        rig.append("s", "b");
        stepTier();
        objects.listAsOf(old);
        assertThat(burn()).noneMatch(line -> line.startsWith("warning")).anyMatch(line -> line.contains("taken "));
        rig.start();
        assertThat(rig.read("s")).isEqualTo("a");
    }

    @Test
    void aListThatNamesDeletedSnapshotsOnlyIsToBeReadAgain() throws IOException {
        rig.append("s", "a");
        stepTier();
        Set<String> old = objects.keys();
        for (String next : List.of("b", "c", "d")) {
            rig.append("s", next);
            stepTier();
            rig.clock.advance(LATE_MILLIS);
            stepTier();
        }
        assertThat(objects.keys()).doesNotContainAnyElementsOf(old);
        objects.listAsOf(old);
        assertThatThrownBy(this::burn).hasMessageContaining("no snapshot at " + LOCATION + " is whole");
        assertThat(rig.files("FORMAT")).isEmpty();
        old.addAll(objects.keys());
        List<String> said = new ArrayList<>();
        new SnapshotRestore(rig.disk, objects, LOCATION, said::add).restore("", FileRig.DATA);
        assertThat(said).anyMatch(line -> line.contains("from snapshot 4 "));
        rig.start();
        assertThat(rig.read("s")).isEqualTo("abcd");
    }

    @Test
    void withoutASnapshotThatIsWholeNothingIsRestored() throws IOException {
        assertThatThrownBy(this::burn).hasMessageContaining(LOCATION + " has no snapshot");
        assertThat(rig.files("FORMAT")).isEmpty();
    }

    @Test
    void anAnswerThatIsDamagedOnItsWayIsReadAgain() throws IOException {
        rig.append("s", LONG);
        rig.checkpoint();
        stepTier();
        int[] reads = {0};
        objects.script((call, key) -> call == Call.READ && ++reads[0] % 2 == 1 ? Fate.DAMAGED : Fate.ANSWERED);
        burn();
        rig.start();
        assertThat(rig.read("s")).isEqualTo(LONG);
    }

    @Test
    @LogsFaults("the work of the tier on the disk has failed")
    void aSnapshotWhoseProcessWasKilledIsDeletedWhenNoRequestCanCompleteIt() throws IOException {
        rig.append("s", "a");
        objects.script((call, key) -> {
            if (call == Call.CREATE && key.startsWith("snapshots/")) {
                rig.disk.stop();
            }
            return Fate.ANSWERED;
        });
        tier.step();
        objects.script(Script.NONE);
        rig.kill();
        rig.start();
        assertThat(list().entries().values())
                .extracting(SnapshotList.Entry::state)
                .containsExactly(State.BEGUN);
        stepTier();
        assertThat(list().newest()).isEqualTo(2);
        rig.clock.advance(LATE_MILLIS);
        stepTier();
        assertThat(list().entries()).containsOnlyKeys(2L);
        assertThat(objects.keys().stream().filter(key -> key.startsWith("snapshots/")))
                .hasSize(1);
    }

    @Test
    void ofSeveralDirectoriesOneIsToBeNamed() throws IOException {
        rig.append("s", "a");
        stepTier();
        String other = "snapshots/" + UUID.randomUUID() + "/0000000000000001-" + UUID.randomUUID();
        objects.replace(other, new byte[1]);
        assertThatThrownBy(this::burn)
                .hasMessageContaining("2 data directories")
                .hasMessageContaining(list(objects))
                .hasMessageContaining("--store");
    }

    private static String list(ScriptedObjects objects) {
        return objects.keys().stream()
                .filter(key -> key.startsWith("snapshots/"))
                .map(Snapshot::store)
                .sorted()
                .findFirst()
                .orElseThrow();
    }
}
