using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.Call("abs", this);

        public Tensor abs_() => Aten.Mutate("abs_", this);

        public Tensor acos() => Aten.Call("acos", this);

        public Tensor acos_() => Aten.Mutate("acos_", this);

        public Tensor asin() => Aten.Call("asin", this);

        public Tensor asin_() => Aten.Mutate("asin_", this);

        public Tensor atan() => Aten.Call("atan", this);

        public Tensor atan_() => Aten.Mutate("atan_", this);

        public Tensor ceil() => Aten.Call("ceil", this);

        public Tensor ceil_() => Aten.Mutate("ceil_", this);

        public Tensor cos() => Aten.Call("cos", this);

        public Tensor cos_() => Aten.Mutate("cos_", this);

        public Tensor cosh() => Aten.Call("cosh", this);

        public Tensor cosh_() => Aten.Mutate("cosh_", this);

        public Tensor digamma() => Aten.Call("digamma", this);

        public Tensor digamma_() => Aten.Mutate("digamma_", this);

        public Tensor erf() => Aten.Call("erf", this);

        public Tensor erf_() => Aten.Mutate("erf_", this);

        public Tensor erfc() => Aten.Call("erfc", this);

        public Tensor erfc_() => Aten.Mutate("erfc_", this);

        public Tensor erfinv() => Aten.Call("erfinv", this);

        public Tensor erfinv_() => Aten.Mutate("erfinv_", this);

        public Tensor exp() => Aten.Call("exp", this);

        public Tensor exp_() => Aten.Mutate("exp_", this);

        public Tensor expm1() => Aten.Call("expm1", this);

        public Tensor expm1_() => Aten.Mutate("expm1_", this);

        public Tensor floor() => Aten.Call("floor", this);

        public Tensor floor_() => Aten.Mutate("floor_", this);

        public Tensor frac() => Aten.Call("frac", this);

        public Tensor frac_() => Aten.Mutate("frac_", this);

        public Tensor lgamma() => Aten.Call("lgamma", this);

        public Tensor lgamma_() => Aten.Mutate("lgamma_", this);

        public Tensor log() => Aten.Call("log", this);

        public Tensor log_() => Aten.Mutate("log_", this);

        public Tensor log10() => Aten.Call("log10", this);

        public Tensor log10_() => Aten.Mutate("log10_", this);

        public Tensor log1p() => Aten.Call("log1p", this);

        public Tensor log1p_() => Aten.Mutate("log1p_", this);

        public Tensor log2() => Aten.Call("log2", this);

        public Tensor log2_() => Aten.Mutate("log2_", this);

        public Tensor neg() => Aten.Call("neg", this);

        public Tensor neg_() => Aten.Mutate("neg_", this);

        public Tensor reciprocal() => Aten.Call("reciprocal", this);

        public Tensor reciprocal_() => Aten.Mutate("reciprocal_", this);

        public Tensor rsqrt() => Aten.Call("rsqrt", this);

        public Tensor rsqrt_() => Aten.Mutate("rsqrt_", this);

        public Tensor sgn() => Aten.Call("sgn", this);

        public Tensor sgn_() => Aten.Mutate("sgn_", this);

        public Tensor sigmoid() => Aten.Call("sigmoid", this);

        public Tensor sigmoid_() => Aten.Mutate("sigmoid_", this);

        public Tensor sign() => Aten.Call("sign", this);

        public Tensor sign_() => Aten.Mutate("sign_", this);

        public Tensor sin() => Aten.Call("sin", this);

        public Tensor sin_() => Aten.Mutate("sin_", this);

        public Tensor sinc() => Aten.Call("sinc", this);

        public Tensor sinc_() => Aten.Mutate("sinc_", this);

        public Tensor sinh() => Aten.Call("sinh", this);

        public Tensor sinh_() => Aten.Mutate("sinh_", this);

        public Tensor sqrt() => Aten.Call("sqrt", this);

        public Tensor sqrt_() => Aten.Mutate("sqrt_", this);

        public Tensor tan() => Aten.Call("tan", this);

        public Tensor tan_() => Aten.Mutate("tan_", this);

        public Tensor tanh() => Aten.Call("tanh", this);

        public Tensor tanh_() => Aten.Mutate("tanh_", this);

        public Tensor trunc() => Aten.Call("trunc", this);

        public Tensor trunc_() => Aten.Mutate("trunc_", this);

        public Tensor absolute() => abs();

        public Tensor exp2() => Aten.Call("exp2", this);

        public Tensor negative() => neg();

        public Tensor square() => pow(2);

        public Tensor round(long decimals = 0L) => Aten.Call("round.decimals", this, decimals);

        public Tensor round_(long decimals = 0L) => Aten.Mutate("round_.decimals", this, decimals);

        public Tensor deg2rad() => Aten.Call("deg2rad", this);

        public Tensor rad2deg() => Aten.Call("rad2deg", this);

        public Tensor logit(double? eps = null) => Aten.Call("logit", this, eps);

        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) =>
            Aten.Call("nan_to_num", this, nan, posinf, neginf);

        public Tensor relu() => Aten.Call("relu", this);

        public Tensor relu_() => Aten.Mutate("relu_", this);

        public Tensor relu6() => Aten.Call("relu6", this);

        public Tensor relu6_() => Aten.Mutate("relu6_", this);

        public Tensor selu() => Aten.Call("selu", this);

        public Tensor selu_() => Aten.Mutate("selu_", this);

        public Tensor silu() => Aten.Call("silu", this);

        public Tensor silu_() => Aten.Mutate("silu_", this);

        public Tensor hardsigmoid() => Aten.Call("hardsigmoid", this);

        public Tensor hardsigmoid_() => Aten.Mutate("hardsigmoid_", this);

        public Tensor hardswish() => Aten.Call("hardswish", this);

        public Tensor hardswish_() => Aten.Mutate("hardswish_", this);

        public Tensor gelu() => Aten.Call("gelu", this);

        // A new handle to the same tensor, as in TorchSharp.
        public Tensor gelu_() => Aten.Call("gelu_", this);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.Call("leaky_relu", this, negative_slope);

        public Tensor leaky_relu_(Scalar negative_slope) => Aten.Mutate("leaky_relu_", this, negative_slope);

        public Tensor log_sigmoid() => Aten.Call("log_sigmoid", this);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.Call("softplus", this, (Scalar)beta, (Scalar)threshold);

        public Tensor softmax(long dim, ScalarType? dtype = null) => special.softmax(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => special.log_softmax(this, dim, dtype);
    }
}
