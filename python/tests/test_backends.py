"""Values of large libraries, written and read by the library itself. Each test runs where its library can be imported;
`python/check --backends` makes environments in which they can."""

import os
import sys
import types

import pytest

from rok_steps import marshal

np = pytest.importorskip("numpy")


def pass_on(folder, value, extension):
    """As one step writes it and another reads it."""
    path = marshal.write(str(folder), "value", value)
    assert os.path.basename(path) == "value." + extension
    assert [entry.name for entry in folder.iterdir()] == ["value." + extension]
    return marshal.read(str(folder), "value")


@pytest.fixture
def in_notebook(monkeypatch):
    """Defines something as a notebook would, for the time of a test."""

    def define(value):
        monkeypatch.setattr(sys.modules["__main__"], value.__name__, value, raising=False)
        value.__module__ = "__main__"
        return value

    return define


@pytest.mark.filterwarnings("error")
def test_an_xgboost_booster_predicts_what_it_did(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(np.arange(60.0).reshape(20, 3), label=np.arange(20.0), feature_names=["a", "b", "c"])
    booster = xgboost.train({"max_depth": 2}, data, 4)
    booster.set_attr(made_by="step")
    again = pass_on(tmp_path, booster, "bst")
    assert type(again) is xgboost.Booster
    assert np.array_equal(again.predict(data), booster.predict(data))
    assert again.feature_names == ["a", "b", "c"] and again.attr("made_by") == "step"


def test_an_xgboost_matrix_keeps_rows_labels_weights_and_names(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    values = np.array([[1.0, np.nan], [3.0, 4.0], [5.0, 6.0]])
    matrix = xgboost.DMatrix(values, label=[0, 1, 0], weight=[1, 2, 3], feature_names=["left", "right"])
    again = pass_on(tmp_path, matrix, "dmatrix")
    assert (again.num_row(), again.num_col(), again.num_nonmissing()) == (3, 2, 5)
    assert again.get_label().tolist() == [0, 1, 0] and again.get_weight().tolist() == [1, 2, 3]
    assert again.feature_names == ["left", "right"]


def test_an_xgboost_matrix_that_cannot_be_stored_is_named(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    matrix = xgboost.QuantileDMatrix(np.ones((4, 2)), label=[0, 1, 0, 1])
    with pytest.raises(TypeError, match="QuantileDMatrix.*DMatrix"):
        marshal.write(str(tmp_path), "value", matrix)
    assert list(tmp_path.iterdir()) == []


def test_a_torch_module_of_the_library_gives_what_it_gave(tmp_path):
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    values = torch.arange(12.0).reshape(4, 3)
    again = pass_on(tmp_path, module, "pt")
    assert torch.equal(again(values), module(values))
    assert [type(part).__name__ for part in again] == ["Linear", "ReLU", "Linear"]


def test_a_torch_module_of_the_notebook_is_one_of_its_class(tmp_path, in_notebook):
    torch = pytest.importorskip("torch")
    if torch.__version__.startswith("1.13.0"):
        pytest.skip("torch 1.13.0 reads with pickle whatever it is told; 1.13.1 does not")

    class Net(torch.nn.Module):
        def __init__(self):
            torch.nn.Module.__init__(self)
            self.layer = torch.nn.Linear(3, 1)

        def forward(self, values):
            return self.layer(values)

    Net.__qualname__ = "Net"
    net = in_notebook(Net)()
    again = pass_on(tmp_path, net, "pt")
    values = torch.ones(2, 3)
    assert type(again) is Net and torch.equal(again(values), net(values))


def test_a_torch_tensor_goes_by_dill(tmp_path):
    torch = pytest.importorskip("torch")
    again = pass_on(tmp_path, torch.arange(3), "dillpkl")
    assert torch.equal(again, torch.arange(3))


def keras():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    return pytest.importorskip("keras")


def test_a_trained_keras_model_predicts_what_it_did_and_can_be_trained_on(tmp_path):
    library = keras()
    model = library.Sequential([library.layers.Input((3,)), library.layers.Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    values = np.arange(30.0).reshape(10, 3) / 30
    model.fit(values, np.ones((10, 2)), verbose=0)
    again = pass_on(tmp_path, model, "keras")
    assert np.allclose(again.predict(values, verbose=0), model.predict(values, verbose=0))
    again.fit(values, np.ones((10, 2)), verbose=0)


def test_a_functional_keras_model_with_a_lambda_comes_back(tmp_path):
    library = keras()
    given = library.Input((3,))
    doubled = library.layers.Lambda(lambda values: values * 2, output_shape=(3,))(given)
    model = library.Model(given, library.layers.Dense(1)(doubled))
    again = pass_on(tmp_path, model, "keras")
    values = np.ones((2, 3))
    assert np.allclose(again.predict(values, verbose=0), model.predict(values, verbose=0))


def test_a_keras_model_of_the_notebook_is_one_of_its_class(tmp_path, in_notebook):
    library = keras()

    class Own(library.Model):
        def __init__(self, **named):
            library.Model.__init__(self, **named)
            self.layer = library.layers.Dense(1)

        def call(self, values):
            return self.layer(values)

    Own.__qualname__ = "Own"
    model = in_notebook(Own)()
    values = np.ones((2, 3))
    expected = model.predict(values, verbose=0)
    again = pass_on(tmp_path, model, "keras")
    assert type(again) is Own and np.allclose(again.predict(values, verbose=0), expected)


def test_values_are_told_apart_without_the_library():
    pretended = types.new_class("Module", (), {}, lambda body: body.update(__module__="torch.nn"))
    assert marshal.backend_for(pretended()).extension == "pt"


def test_a_model_of_tensorflow_itself_predicts_what_it_did(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    try:
        from tensorflow.python.keras import __version__, layers, models  # noqa: F401
    except ImportError:
        pytest.skip("the keras inside of tensorflow %s can't save its models" % tensorflow.__version__)
    model = models.Sequential([layers.Dense(2, input_shape=(3,)), layers.ReLU()])
    values = np.arange(12.0, dtype="float32").reshape(4, 3)
    again = pass_on(tmp_path, model, "tfkeras")
    assert np.allclose(again(values), model(values))
