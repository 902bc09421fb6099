package io.streamkeeper.storage.tier;

import static io.streamkeeper.storage.tier.TierRig.bytes;
import static io.streamkeeper.storage.tier.TierRig.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.ScriptedObjects.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TierTest {
    private static final byte[] RUN = bytes(1_000);

    private final TierRig rig;

    TierTest() throws IOException {
        rig = new TierRig();
    }

    private static TierConfig config(long bytesMin, long afterMillis, long localBytesMax) {
        return new TierConfig(
                "s3://bucket/prefix", bytesMin, afterMillis, localBytesMax, 0, TierRig.GRACE_MILLIS, 64, 256, 0, 0);
    }

    private void script(Call call, Fate fate) {
        rig.objects.script((each, key) -> each == call ? fate : Fate.ANSWERED);
    }

    // ---- copies ----

    @Test
    void aSealedFileIsCopiedAndReadFromItsObject() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        assertThat(rig.isLocal(1)).isFalse();
        assertThat(file.isRemote()).isTrue();
        StoredObject object = rig.list().copies().get(1L);
        assertThat(rig.objects.bytes(object.key())).hasSize((int) file.bytes());
        assertThat(object.key()).startsWith(TierRig.STORE + "/000/");
        assertThat(run(file)).isEqualTo(RUN);
        assertThat(rig.tier.figures().reads()).isPositive();
        file.release();
    }

    @Test
    void aSmallFileIsNotCopiedNorOneThatIsNew() throws IOException {
        rig.with(old -> config(500, 60_000, 0));
        ExtentFile small = rig.write(1, bytes(10));
        ExtentFile large = rig.write(2, RUN);
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        rig.step();
        assertThat(rig.list().copies()).containsOnlyKeys(2L);
        small.release();
        large.release();
    }

    @Test
    void theFilesThatWereNotReadForLongestAreRemovedFirst() throws IOException {
        rig.with(old -> config(1, 0, 3_000));
        List<ExtentFile> files = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            files.add(rig.write(number, RUN));
        }
        rig.clock.advance(1_000);
        run(files.get(0));
        rig.step();
        assertThat(rig.list().copies()).hasSize(3);
        assertThat(List.of(rig.isLocal(1), rig.isLocal(2), rig.isLocal(3))).containsExactly(true, false, true);
        for (ExtentFile file : files) {
            file.release();
        }
    }

    @Test
    @LogsFaults("the tier {} does not {}")
    void theLocalFileStaysUntilTheObjectIsThere() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        script(Call.CREATE, Fate.REFUSED);
        rig.step();
        rig.step();
        assertThat(rig.isLocal(1)).isTrue();
        assertThat(rig.tier.usage().waiting()).isEqualTo(1);
        assertThat(rig.tier.usage().failingMillis()).isPositive();
        assertThat(rig.list().begun()).hasSize(1);
        assertThat(run(file)).isEqualTo(RUN);
        file.release();
    }

    @Test
    void aCallThatTheEndOfTheTierInterruptsIsNoFault() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) -> {
            rig.tier.close();
            throw new RejectedExecutionException("the client is closed");
        });
        rig.step();
        assertThat(rig.isLocal(1)).isTrue();
        assertThat(rig.tier.usage().failingMillis()).isZero();
        file.release();
    }

    @Test
    void aFileThatIsClosedAndRemovedDuringItsUploadLeavesNothing() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) -> {
            if (call == Call.CREATE) {
                file.release();
                rig.files().delete(1);
            }
            return Fate.ANSWERED;
        });
        rig.step();
        rig.step();
        assertThat(rig.list().isEmpty()).isTrue();
        assertThat(rig.objects.keys()).isEmpty();
        assertThat(rig.isLocal(1)).isFalse();
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void aFileThatIsClosedAndRemovedAfterAFailedUploadLeavesNothing() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) -> call == Call.CREATE ? Fate.ANSWER_LOST : Fate.REFUSED);
        rig.step();
        assertThat(rig.list().begun()).hasSize(1);
        file.release();
        rig.files().delete(1);
        assertThat(rig.list().begun()).isEmpty();
        rig.objects.script(Script.NONE);
        rig.clock.advance(TimeUnit.MINUTES.toMillis(20));
        rig.step();
        assertThat(rig.list().isEmpty()).isTrue();
        assertThat(rig.objects.keys()).isEmpty();
    }

    @Test
    void copiesThatDoNotEndHoldUpNoDeletion() throws IOException {
        ExtentFile removed = rig.write(1, RUN);
        rig.step();
        removed.release();
        rig.files().delete(1);
        rig.clock.advance(TierRig.GRACE_MILLIS);
        List<ExtentFile> files = new ArrayList<>(List.of(rig.write(2, RUN)));
        List<Integer> copiesBeforeDeletion = new ArrayList<>();
        rig.objects.script((call, key) -> {
            if (call == Call.DELETE) {
                copiesBeforeDeletion.add(files.size());
            } else if (call == Call.CREATE && files.size() < 100) {
                rig.clock.advance(100);
                files.add(rig.write(2 + files.size(), RUN));
            }
            return Fate.ANSWERED;
        });
        rig.step();
        assertThat(files).hasSize(100);
        assertThat(copiesBeforeDeletion).hasSize(1);
        assertThat(copiesBeforeDeletion.get(0)).isLessThan(20);
        for (ExtentFile file : files) {
            file.release();
        }
    }

    @Test
    void anUploadWhoseAnswerWasLostIsRecognised() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        script(Call.CREATE, Fate.ANSWER_LOST);
        rig.step();
        assertThat(rig.objects.keys()).hasSize(1);
        assertThat(rig.list().begun()).isEmpty();
        assertThat(run(file)).isEqualTo(RUN);
        file.release();
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void anUploadThatIsNotAnsweredUntilALaterAttemptIsRecognised() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) ->
                call == Call.CREATE ? Fate.ANSWER_LOST : call == Call.FIND ? Fate.REFUSED : Fate.ANSWERED);
        rig.step();
        assertThat(rig.list().copies()).isEmpty();
        // The service closes connections of requests to create what exists.
        script(Call.CREATE, Fate.REFUSED);
        rig.step();
        assertThat(rig.objects.keys())
                .containsExactly(rig.list().copies().get(1L).key());
        assertThat(run(file)).isEqualTo(RUN);
        file.release();
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void anObjectWithOtherBytesIsNotTakenForACopy() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) -> {
            if (call == Call.FIND) {
                rig.objects.script(Script.NONE);
                rig.objects.replace(key, bytes((int) file.bytes()));
            }
            return Fate.ANSWERED;
        });
        rig.step();
        assertThat(rig.list().copies()).isEmpty();
        assertThat(rig.list().unneeded()).hasSize(1);
        assertThat(rig.isLocal(1)).isTrue();
        rig.step();
        assertThat(rig.list().copies()).hasSize(1);
        rig.step();
        assertThat(rig.objects.keys())
                .containsExactly(rig.list().copies().get(1L).key());
        file.release();
    }

    /** Otherwise the first attempt may create the object again after its deletion, and no list names it. */
    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void anObjectIsNotDeletedWhileAnEarlierAttemptToCreateItMayTakeEffect() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        script(Call.CREATE, Fate.REFUSED);
        rig.step();
        rig.objects.script(Script.NONE);
        rig.step();
        String key = rig.list().copies().get(1L).key();
        file.release();
        rig.files().delete(1);
        rig.step();
        assertThat(rig.objects.keys()).containsExactly(key);
        rig.clock.advance(TimeUnit.MINUTES.toMillis(15));
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        assertThat(rig.list().isEmpty()).isTrue();
    }

    @Test
    void aFileThatIsRemovedWhileItIsCopiedLeavesNoObject() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.objects.script((call, key) -> {
            if (call == Call.CREATE) {
                rig.files().delete(1);
            }
            return Fate.ANSWERED;
        });
        rig.step();
        assertThat(rig.list().copies()).isEmpty();
        file.release();
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        assertThat(rig.list().isEmpty()).isTrue();
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void aFileThatCannotBeCopiedDoesNotHoldUpOthers() throws IOException {
        ExtentFile first = rig.write(1, RUN);
        ExtentFile second = rig.write(2, RUN);
        rig.objects.script((call, key) ->
                call == Call.CREATE && key.endsWith("/0000000000000001-1") ? Fate.REFUSED : Fate.ANSWERED);
        rig.step();
        rig.step();
        assertThat(rig.list().copies()).containsOnlyKeys(2L);
        first.release();
        second.release();
    }

    @Test
    void theKeysOfAServerBeginWithItsOwnName() throws IOException {
        rig.keysBelow = "member-n1/";
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        assertThat(rig.list().copies().get(1L).key()).startsWith("member-n1/" + TierRig.STORE + "/000/");
        file.release();
    }

    // ---- removal ----

    @Test
    void anObjectThatAReaderKeepsIsDeletedOnlyWhenTheReaderEnds() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        byte[] whole = new byte[(int) file.bytes()];
        file.read(0, ByteBuffer.wrap(whole));
        rig.step();
        assertThat(rig.tier.keep(0, 2)).isNull();
        assertThat(rig.tier.keep(1, 1)).isNull();
        ExtentFiles.Input first = rig.tier.keep(0, 1);
        ExtentFiles.Input second = rig.tier.keep(0, 1);
        assertThat(first.size()).isEqualTo(whole.length);
        rig.files().delete(1);
        file.release();
        assertThat(rig.tier.keep(0, 1)).isNull();
        first.close();
        rig.step();
        rig.step();
        ByteBuffer read = ByteBuffer.allocate(whole.length);
        second.read(0, read);
        assertThat(read.array()).isEqualTo(whole);
        second.close();
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
    }

    @Test
    @LogsFaults({"the tier {} does not {}", "the tier {} answers again"})
    void anObjectIsDeletedAfterTheGraceAndItsReadersHaveItUntilThen() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        rig.files().delete(1);
        assertThat(rig.hasIndexCopy(1)).isFalse();
        rig.tier.step();
        assertThat(run(file)).isEqualTo(RUN);
        assertThat(rig.objects.keys()).hasSize(1);
        script(Call.DELETE, Fate.ANSWER_LOST);
        rig.step();
        assertThat(rig.list().unneeded()).hasSize(1);
        rig.objects.script(Script.NONE);
        rig.write(2, RUN).release();
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        assertThat(rig.tier.figures().deletions()).isEqualTo(1);
        file.release();
    }

    @Test
    @LogsFaults("the work of the tier on the disk has failed")
    void whatWasBegunAndNotCompletedIsDeletedAfterAStart() throws IOException {
        rig.write(1, RUN);
        rig.objects.script((call, key) -> {
            if (call == Call.FIND) {
                rig.disk.stop();
            }
            return Fate.ANSWERED;
        });
        rig.tier.step();
        assertThat(rig.objects.keys()).hasSize(1);
        rig.objects.script(Script.NONE);
        rig.kill();
        ExtentFile file = rig.open(1);
        rig.step();
        rig.step();
        assertThat(rig.objects.keys()).as("a late request may still create it").hasSize(2);
        rig.clock.advance(15 * 60_000);
        rig.step();
        assertThat(rig.objects.keys())
                .containsExactly(rig.list().copies().get(1L).key());
        assertThat(run(file)).isEqualTo(RUN);
    }

    // ---- starts ----

    @Test
    void aStartNeedsNoObjectStore() throws IOException {
        rig.write(1, RUN);
        rig.step();
        rig.cutPower();
        rig.objects.script((call, key) -> Fate.REFUSED);
        assertThat(rig.files().list()).containsExactly(1L);
        ExtentFile file = rig.open(1);
        assertThat(file.entries().next().generation()).isEqualTo(7);
    }

    @Test
    @LogsFaults("the tier {} does not {}")
    void aReadFailsForNowWhileTheObjectStoreIsAway() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        script(Call.READ, Fate.REFUSED);
        assertThatThrownBy(() -> run(file)).isInstanceOf(ExtentUnavailableException.class);
        assertThat(rig.tier.usage().failingMillis()).isZero();
        rig.tier.step();
        assertThat(rig.tier.usage().failingMillis()).isPositive();
        file.release();
    }

    @Test
    void anObjectThatIsMissingIsNotAPassingFault() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        rig.objects.delete(rig.list().copies().get(1L).key());
        assertThatThrownBy(() -> run(file))
                .isNotInstanceOf(ExtentUnavailableException.class)
                .hasMessageContaining("is missing");
        file.release();
    }

    @Test
    void theIndexIsReadFromTheObjectIfItsCopyIsMissing() throws IOException {
        rig.write(1, RUN);
        rig.step();
        rig.cutPower();
        rig.disk.delete(IndexCopy.in(DataDirectory.extents(TierRig.SHARD), 1));
        assertThat(run(rig.open(1))).isEqualTo(RUN);
    }

    @Test
    void anotherLocationThanThatOfTheObjectsIsRefused() throws IOException {
        rig.write(1, RUN);
        rig.step();
        rig.kill();
        rig.with(old -> new TierConfig("s3://other", 1, 0, 0, 0, 0, 64, 256, 0, 0));
        assertThatThrownBy(rig::files)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/data/shard-000/OBJECTS names objects at s3://bucket/prefix")
                .hasMessageContaining("--tier s3://bucket/prefix");
    }

    // ---- the disk ----

    @Test
    @LogsFaults("the work of the tier on the disk has failed")
    void whileItIsNotKnownWhichListIsOnTheDiskNothingIsRemovedOrDeleted() throws IOException {
        ExtentFile file = rig.write(1, RUN);
        rig.faulty.faults((operation, path) -> {
            if (operation == Operation.RENAME && path.endsWith("OBJECTS.tmp")) {
                throw new DiskException(Operation.SYNC_DIRECTORY, path, "scripted: it may be renamed");
            }
        });
        rig.step();
        rig.faulty.faults(FaultyDisk.Faults.NONE);
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        assertThat(rig.isLocal(1)).isTrue();
        assertThatThrownBy(() -> rig.files().delete(1)).hasMessageContaining("until the server restarts");
        file.release();
    }

    @Test
    void smallerFilesAreCopiedTooWhenTheDiskIsNearlyFull() throws IOException {
        rig.with(old -> new TierConfig("s3://bucket", 16 * 1_000, 0, 0, 10_000, 0, 64, 256, 0, 0));
        ExtentFile file = rig.write(1, RUN);
        ExtentFile small = rig.write(2, bytes(10));
        rig.step();
        assertThat(rig.objects.keys()).isEmpty();
        rig.disk.capacityBytes(rig.disk.usedBytes() + 5_000);
        rig.step();
        assertThat(rig.isLocal(1)).isFalse();
        assertThat(rig.isLocal(2)).isTrue();
        file.release();
        small.release();
    }

    @Test
    void localFilesAreRemovedWhenTheDiskIsNearlyFull() throws IOException {
        rig.with(old -> new TierConfig("s3://bucket", 1, 0, 1 << 20, 10_000, 0, 64, 256, 0, 0));
        ExtentFile file = rig.write(1, RUN);
        rig.step();
        assertThat(rig.isLocal(1)).isTrue();
        rig.disk.capacityBytes(rig.disk.usedBytes() + 5_000);
        rig.step();
        assertThat(rig.isLocal(1)).isFalse();
        file.release();
    }
}
