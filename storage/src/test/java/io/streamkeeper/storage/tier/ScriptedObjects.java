package io.streamkeeper.storage.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.Disk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Objects in memory, of which each call ends as a script says: as it should, without an effect, with its effect but
 * without its answer, or with wrong bytes. Outlives the processes that use it.
 */
public final class ScriptedObjects implements ObjectStore {
    /** A kind of call. */
    public enum Call {
        CREATE,
        FIND,
        READ,
        DELETE,
        LIST
    }

    /** How a call ends. */
    public enum Fate {
        /** As it should. */
        ANSWERED,
        /** It fails, and has no effect. */
        REFUSED,
        /** It fails, and has its effect. */
        ANSWER_LOST,
        /** A read returns damaged bytes once; as {@link #ANSWERED} for other calls. */
        DAMAGED
    }

    /** Decides how calls end. */
    public interface Script {
        /** Everything works. */
        Script NONE = (call, key) -> Fate.ANSWERED;

        Fate fate(Call call, String key) throws IOException;
    }

    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Set<String> everCreated = new ConcurrentSkipListSet<>();
    private volatile Script script = Script.NONE;
    private volatile @Nullable Set<String> oldKeys;

    public void script(Script newScript) {
        script = newScript;
    }

    /** Lists return the keys that there were at some moment. */
    public void listAsOf(Set<String> keys) {
        oldKeys = keys;
    }

    /** The keys of all objects. */
    public Set<String> keys() {
        return new TreeSet<>(objects.keySet());
    }

    /** The bytes of an object, or null. */
    public byte[] bytes(String key) {
        return objects.get(key);
    }

    /** All keys in the list of a shard; what it has as copies is there, with its bytes. */
    public Set<String> namedBy(Disk disk, Path shard) throws IOException {
        if (!ObjectList.exists(disk, shard)) {
            return Set.of();
        }
        ObjectList list = ObjectList.read(disk, shard);
        Set<String> named = new HashSet<>(list.begun());
        named.addAll(list.unneeded().keySet());
        for (StoredObject object : list.copies().values()) {
            named.add(object.key());
            byte[] bytes = bytes(object.key());
            assertThat(bytes).as("object %s", object.key()).isNotNull();
            assertThat(Checksum.of(ByteBuffer.wrap(bytes)))
                    .as("checksum of object %s", object.key())
                    .isEqualTo(object.checksum());
        }
        return named;
    }

    /** Puts another object in the place of one, as nobody should. */
    public void replace(String key, byte[] bytes) {
        objects.put(key, bytes);
    }

    private interface Effect {
        void run() throws IOException;
    }

    private void run(Call call, String key, Effect effect) throws IOException {
        Fate fate = script.fate(call, key);
        if (fate == Fate.REFUSED) {
            throw new IOException("scripted: " + call + " of " + key + " is refused");
        }
        effect.run();
        if (fate == Fate.ANSWER_LOST) {
            throw new IOException("scripted: the answer to " + call + " of " + key + " is lost");
        }
    }

    @Override
    public void create(String key, Source source) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) source.bytes());
        source.read(0, bytes);
        if (Checksum.of(bytes.flip()) != source.checksum()) {
            throw new IOException("the bytes of " + key + " do not have the checksum that was announced");
        }
        run(Call.CREATE, key, () -> {
            if (objects.putIfAbsent(key, bytes.array()) != null) {
                throw new ObjectExistsException(key);
            }
            if (!everCreated.add(key)) {
                throw new AssertionError("object " + key + " is created a second time");
            }
        });
    }

    @Override
    public Stored find(String key) throws IOException {
        run(Call.FIND, key, () -> {});
        byte[] bytes = objects.get(key);
        return bytes == null ? null : new Stored(bytes.length, Checksum.of(ByteBuffer.wrap(bytes)));
    }

    @Override
    public void read(String key, long position, ByteBuffer into) throws IOException {
        Fate fate = script.fate(Call.READ, key);
        if (fate == Fate.REFUSED || fate == Fate.ANSWER_LOST) {
            throw new IOException("scripted: READ of " + key + " is not answered");
        }
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            throw new NoSuchFileException(key);
        }
        if (position + into.remaining() > bytes.length) {
            throw new EOFException(key + " ends at " + bytes.length);
        }
        int begin = into.position();
        into.put(bytes, (int) position, into.remaining());
        if (fate == Fate.DAMAGED) {
            int at = begin + (into.position() - begin) / 2;
            into.put(at, (byte) ~into.get(at));
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        run(Call.LIST, prefix, () -> {});
        Set<String> listed = oldKeys == null ? keys() : oldKeys;
        return listed.stream().filter(key -> key.startsWith(prefix)).toList();
    }

    @Override
    public void delete(String key) throws IOException {
        run(Call.DELETE, key, () -> objects.remove(key));
    }

    @Override
    public void close() {
        // It outlives the process.
    }
}
