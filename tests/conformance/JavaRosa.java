import static org.javarosa.core.model.instance.TreeReference.INDEX_TEMPLATE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.IFormElement;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.helper.AnswerDataUtil;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.FormInstance;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.FormEntryCaption;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/** JavaRosa, the engine of ODK Collect, as a process that speaks the same lines of JSON as web_forms.mjs. */
public final class JavaRosa {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Form> FORMS = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            Object reply;
            try {
                JsonNode request = JSON.readTree(line);
                reply = request.has("load") ? load(request) : play(request);
            } catch (Throwable error) {
                reply = Map.of("refused", String.valueOf(error));
            }
            answers.println(JSON.writeValueAsString(reply));
        }
    }

    // -- forms --------------------------------------------------------------------------------------------------------

    /** A form with its blank instance, from which every sequence begins. */
    private record Form(FormDef definition, FormInstance blank) {}

    private static Object load(JsonNode request) throws Exception {
        Path directory = Files.createTempDirectory("form");
        for (var files = request.get("files").fields(); files.hasNext(); ) {
            var file = files.next();
            Files.writeString(directory.resolve(file.getKey()), file.getValue().asText());
        }
        ReferenceManager.instance().reset();
        ReferenceManager.instance().addReferenceFactory(new PrefixedRootFactory(new String[] {"file-csv/", "file/"}) {
            @Override
            protected Reference factory(String terminal, String uri) {
                return new Attachment(directory.resolve(terminal), uri);
            }
        });
        byte[] xform = request.get("xform").asText().getBytes(StandardCharsets.UTF_8);
        FormDef definition = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(xform));
        FORMS.put(request.get("load").asText(), new Form(definition, definition.getMainInstance().clone()));
        return Map.of();
    }

    /** A file beside the form. */
    private record Attachment(Path path, String uri) implements Reference {
        @Override
        public boolean doesBinaryExist() {
            return Files.exists(path);
        }

        @Override
        public InputStream getStream() throws java.io.IOException {
            return Files.newInputStream(path);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return path.toString();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }

    private static Object play(JsonNode request) {
        Form form = FORMS.get(request.get("play").asText());
        form.definition().setInstance(form.blank().clone());
        form.definition().initialize(true, new InstanceInitializationFactory());
        Filling filling = new Filling(form.definition());
        List<Object> states = new ArrayList<>();
        states.add(filling.state());
        for (JsonNode step : request.get("steps")) {
            try {
                filling.take(step.get(0).asText(), step.get(1).asText(), step.get(2).asText());
                states.add(filling.state());
            } catch (Throwable error) {
                states.add(Map.of("failed", String.valueOf(error)));
                break;
            }
        }
        return Map.of("states", states);
    }

    // -- one instance -------------------------------------------------------------------------------------------------

    private static final class Filling {
        private final FormDef form;
        private final FormEntryModel model;
        private final Map<String, FormIndex> indexes = new HashMap<>();

        Filling(FormDef form) {
            this.form = form;
            this.model = new FormEntryModel(form);
            if (model.getLanguages() != null) {
                form.getLocalizer().setLocale(form.getLocalizer().getDefaultLocale());
            }
        }

        void take(String verb, String path, String value) throws Exception {
            switch (verb) {
                case "set" -> set(path, value);
                case "add" -> form.createNewRepeat(next(path));
                case "remove" -> form.deleteRepeat(indexes.get(path));
                case "language" -> form.getLocalizer().setLocale(value);
                default -> throw new IllegalArgumentException(verb);
            }
        }

        private void set(String path, String value) {
            FormIndex index = indexes.get(path);
            FormEntryPrompt prompt = model.getQuestionPrompt(index);
            form.setValue(answer(prompt, value), index.getReference(), true);
        }

        private static IAnswerData answer(FormEntryPrompt prompt, String value) {
            if (value.isEmpty()) {
                return null;
            }
            switch (prompt.getControlType()) {
                case Constants.CONTROL_SELECT_ONE:
                    return new SelectOneData(chosen(prompt, value));
                case Constants.CONTROL_SELECT_MULTI:
                case Constants.CONTROL_RANK:
                    List<Selection> chosen = new ArrayList<>();
                    Arrays.stream(value.split(" ")).forEach(name -> chosen.add(chosen(prompt, name)));
                    return new MultipleItemsData(chosen);
                default:
                    return XFormAnswerDataParser.getAnswerData(value, prompt.getDataType(), prompt.getQuestion());
            }
        }

        private static Selection chosen(FormEntryPrompt prompt, String name) {
            for (SelectChoice choice : prompt.getSelectChoices()) {
                if (choice.getValue().equals(name)) {
                    return choice.selection();
                }
            }
            return new Selection(name);
        }

        /** The index of the instance after the last one. */
        private FormIndex next(String path) {
            int number = 1;
            while (exists(indexes.get(path + "[" + number + "]"))) {
                number += 1;
            }
            return indexes.get(path + "[" + number + "]");
        }

        private boolean exists(FormIndex index) {
            return index != null && form.getMainInstance().resolveReference(index.getReference()) != null;
        }

        // -- the state ------------------------------------------------------------------------------------------------

        Object state() {
            do {
                walkBody();
            } while (trimmed());
            Map<String, Object> nodes = new HashMap<>();
            Map<String, Integer> counts = new HashMap<>();
            describe(form.getMainInstance().getRoot(), "/" + form.getMainInstance().getRoot().getName(), nodes, counts);
            return Map.of("nodes", nodes, "counts", counts);
        }

        /** Walking makes the instances of computed repeats, as going through the form in ODK Collect does. */
        private void walkBody() {
            indexes.clear();
            FormIndex index = model.incrementIndex(FormIndex.createBeginningOfFormIndex());
            for (; index.isInForm(); index = model.incrementIndex(index)) {
                if (parentExists(index)) {
                    model.setQuestionIndex(index);
                }
                indexes.put(path(index), index);
            }
        }

        /**
         * Whether an instance beyond the count of its repeat was taken out. JavaRosa keeps what the form begins with and
         * what was there before a count fell; ODK Collect passes over it.
         */
        private boolean trimmed() {
            for (FormIndex index : indexes.values()) {
                if (form.getChild(index) instanceof GroupDef group && group.getRepeat()
                        && group.getCountReference() != null && exists(index)
                        && index.getReference().getMultLast() >= count(group, index)) {
                    form.deleteRepeat(index);
                    return true;
                }
            }
            return false;
        }

        private long count(GroupDef group, FormIndex index) {
            TreeReference reference = FormInstance.unpackReference(group.getCountReference());
            IAnswerData count = form.getMainInstance()
                .resolveReference(reference.contextualize(index.getReference())).getValue();
            return count == null ? 0 : AnswerDataUtil.answerDataToInt(count);
        }

        private boolean parentExists(FormIndex index) {
            return form.getMainInstance().resolveReference(index.getReference().getParentRef()) != null;
        }

        private String path(FormIndex index) {
            IFormElement element = form.getChild(index);
            boolean repeat = element instanceof GroupDef group && group.getRepeat();
            TreeReference reference = index.getReference();
            TreeReference parent = reference.getParentRef();
            TreeElement holder = form.getMainInstance().resolveReference(parent);
            String above = holder == null ? "?" : path(holder);
            String name = reference.getNameLast();
            return above + "/" + name + (repeat ? "[" + (reference.getMultLast() + 1) + "]" : "");
        }

        private static String path(TreeElement element) {
            TreeElement parent = (TreeElement) element.getParent();
            if (parent == null || parent.getName() == null) {
                return "/" + element.getName();
            }
            return path(parent) + "/" + step(element);
        }

        private static String step(TreeElement element) {
            return element.isRepeatable() ? element.getName() + "[" + (element.getMult() + 1) + "]" : element.getName();
        }

        private void describe(TreeElement above, String path, Map<String, Object> nodes, Map<String, Integer> counts) {
            for (int i = 0; i < above.getNumChildren(); i++) {
                TreeElement child = above.getChildAt(i);
                if (child.isRepeatable()) {
                    counts.merge(path + "/" + child.getName(), child.getMult() == INDEX_TEMPLATE ? 0 : 1, Integer::sum);
                }
                if (child.getMult() != INDEX_TEMPLATE) {
                    String here = path + "/" + step(child);
                    nodes.put(here, node(child, here));
                    describe(child, here, nodes, counts);
                }
            }
        }

        private Object node(TreeElement element, String path) {
            String label = "";
            String hint = "";
            List<Object> choices = new ArrayList<>();
            FormIndex index = indexes.get(path);
            if (index != null && form.getChild(index) instanceof QuestionDef) {
                FormEntryPrompt prompt = model.getQuestionPrompt(index);
                label = prompt.getQuestionText();
                hint = prompt.getHelpText();
                if (element.isRelevant()) {
                    choices = choices(prompt);
                }
            } else if (index != null) {
                label = new FormEntryCaption(form, index).getQuestionText();
            }
            return Arrays.asList(element.isRelevant(), element.isRequired(), !element.isEnabled(), value(element),
                rule(element), orEmpty(label), orEmpty(hint), choices);
        }

        private static List<Object> choices(FormEntryPrompt prompt) {
            List<Object> found = new ArrayList<>();
            if (prompt.getSelectChoices() != null) {
                for (SelectChoice choice : prompt.getSelectChoices()) {
                    found.add(List.of(choice.getValue(), orEmpty(prompt.getSelectChoiceText(choice))));
                }
            }
            return found;
        }

        private static String value(TreeElement element) {
            IAnswerData data = element.getValue();
            return data == null || !element.isRelevant() ? "" : data.uncast().getString();
        }

        private String rule(TreeElement element) {
            if (element.getNumChildren() > 0 || !element.isRelevant()) {
                return null;
            }
            if (value(element).isEmpty()) {
                return element.isRequired() ? "required" : null;
            }
            return form.evaluateConstraint(element.getRef(), element.getValue()) ? null : "constraint";
        }

        private static String orEmpty(String text) {
            return text == null ? "" : text;
        }
    }
}
