package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tools read what is only in the object store. */
class ToolsOfTierTest {
    private static final String LONG = "x".repeat(1_000);
    private static final Path COPY = Path.of("/copy");

    private final ScriptedObjects objects = new ScriptedObjects();
    private final List<String> said = new ArrayList<>();
    private final FileRig rig;

    ToolsOfTierTest() throws IOException {
        List<TieredStorage> storages = new ArrayList<>();
        rig = new FileRig(of -> {
            storages.add(new TieredStorage(of, objects));
            return storages.get(0);
        });
        rig.create(CreateRequest.at("s"));
        rig.append("s", LONG);
        rig.checkpoint();
        storages.get(0).tier.step();
        assertThat(rig.files(".ext")).isEmpty();
        rig.append("s", "end");
    }

    private StoredObjects stored() {
        return new StoredObjects(objects, TieredStorage.LOCATION);
    }

    private List<String> verify(@Nullable StoredObjects from) {
        return new StoreVerifier(rig.disk, from, said::add).verify(FileRig.DATA);
    }

    private StoredObject object() throws IOException {
        Iterator<StoredObject> copies =
                ObjectList.read(rig.disk, FileRig.SHARD).copies().values().iterator();
        return copies.next();
    }

    @Test
    void verifyReadsTheObjectsAndCountsThem() {
        assertThat(verify(stored())).isEmpty();
        assertThat(said).anyMatch(line -> line.contains("1 extent file with 1000 bytes of data, 1 object, checkpoint"));
    }

    @Test
    void withoutTheObjectStoreTheToolsSayWhatToGiveThem() {
        assertThat(verify(null))
                .singleElement()
                .asString()
                .contains(
                        "1 extent files of /data/shard-000 are only at s3://bucket/prefix",
                        "--tier s3://bucket/prefix");
        assertThatThrownBy(() -> new StoreBackup(rig.disk, said::add).copy(FileRig.DATA, COPY))
                .hasMessageContaining("--tier s3://bucket/prefix");
    }

    @Test
    void anotherPlaceThanThatOfTheObjectsIsRefused() {
        assertThat(verify(new StoredObjects(objects, "s3://other")))
                .singleElement()
                .asString()
                .contains("names objects at s3://bucket/prefix, but the tier is s3://other");
    }

    @Test
    void anObjectThatIsMissingIsFound() throws IOException {
        objects.delete(object().key());
        assertThat(verify(stored())).singleElement().asString().contains(object().key(), "is missing");
    }

    @Test
    void eachByteOfAnObjectThatDiffersIsFound() throws IOException {
        byte[] bytes = objects.bytes(object().key()).clone();
        for (int i = 0; i < bytes.length; i += 37) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 4;
            objects.replace(object().key(), damaged);
            assertThat(verify(stored())).as("byte %d", i).hasSize(1);
        }
        objects.replace(object().key(), new byte[10]);
        assertThat(verify(stored())).singleElement().asString().contains("has 10 bytes");
    }

    @Test
    void anAnswerThatIsLostIsAskedForAgainAndOneThatNeverComesIsAProblem() {
        int[] calls = {0};
        objects.script((call, key) -> calls[0]++ % 2 == 0 ? Fate.REFUSED : Fate.ANSWERED);
        assertThat(verify(stored())).isEmpty();
        objects.script((call, key) -> call == Call.READ ? Fate.REFUSED : Fate.ANSWERED);
        assertThat(verify(stored())).singleElement().asString().contains("cannot be read");
    }

    @Test
    void aBackupHasAllBytesInLocalFiles() throws IOException {
        new StoreBackup(rig.disk, stored(), said::add).copy(FileRig.DATA, COPY);
        assertThat(new StoreVerifier(rig.disk, said::add).verify(COPY)).isEmpty();
        assertThat(rig.disk.files()).noneMatch(file -> file.startsWith(COPY) && file.endsWith("OBJECTS"));
        assertThat(said).anyMatch(line -> line.startsWith("copied /data to /copy"));
    }
}
