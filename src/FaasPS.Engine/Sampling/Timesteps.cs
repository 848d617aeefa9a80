namespace FaasPS.Engine.Sampling;

/// <summary>How the sampling steps are spread over the diffusion timesteps.</summary>
public enum TimestepSpacing
{
    /// <summary>Evenly, as the reference does.</summary>
    Uniform,

    /// <summary>Where DDIM's own error is smallest for the step count asked for.</summary>
    Optimized,
}

/// <summary>The timesteps of a run, in ascending order.</summary>
public static class Timesteps
{
    /// <summary>Timesteps for a step count.</summary>
    /// <param name="schedule">The noise schedule.</param>
    /// <param name="steps">S, from 1 to the schedule's T.</param>
    /// <param name="spacing">How they are spread.</param>
    /// <returns>S different timesteps, ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">S is out of range.</exception>
    public static int[] Select(NoiseSchedule schedule, int steps, TimestepSpacing spacing = TimestepSpacing.Uniform)
    {
        if (steps < 1 || steps > schedule.Timesteps)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"The number of steps must be from 1 to {schedule.Timesteps}.");
        return spacing == TimestepSpacing.Uniform ? Uniform(schedule.Timesteps, steps) : Optimized(schedule, steps);
    }

    /// <summary>
    /// floor(i T / S) + 1, the reference's own wherever it works. Differs from the reference: any S gives exactly S steps, because the
    /// quotient is taken for each step and not for the stride; and S = T gives all timesteps, 0 to T-1.
    /// </summary>
    private static int[] Uniform(int total, int steps) =>
        [.. Enumerable.Range(0, steps).Select(i => steps == total ? i : (int)((long)i * total / steps) + 1)];

    /// <summary>
    /// The timesteps for which DDIM makes the least error on data of unit variance, to which latents are scaled. In units of sigma, with
    /// y = x / sqrt(alphaBar), the exact path of such data is y ~ sqrt(1 + sigma²), and a DDIM step from s to t multiplies y by
    /// 1 + (sigma_t - sigma_s) sigma_s / (1 + sigma_s²). The logarithms of the steps' errors add up, so the best S timesteps from T-1
    /// down to alphaBar_0, where DDIM ends, are a shortest path of S edges, found by dynamic programming.
    /// </summary>
    private static int[] Optimized(NoiseSchedule schedule, int steps)
    {
        var total = schedule.Timesteps;
        var sigma = Enumerable.Range(0, total).Select(schedule.Sigma).ToArray();
        var error = new double[total][]; // error[s][t], t <= s
        for (var s = 0; s < total; s++)
        {
            error[s] = new double[s + 1];
            for (var t = 0; t <= s; t++) error[s][t] = Error(sigma[s], sigma[t]);
        }

        // best[s]: the least error from timestep s to the end in k edges; next[k][s]: the timestep after s.
        var best = Enumerable.Range(0, total).Select(s => error[s][0]).ToArray();
        var next = new int[steps][];
        for (var k = 1; k < steps; k++)
        {
            var longer = new double[total];
            Array.Fill(longer, double.PositiveInfinity);
            next[k] = new int[total];
            for (var s = k; s < total; s++)
            {
                for (var t = k - 1; t < s; t++)
                {
                    var sum = best[t] + error[s][t];
                    if (sum < longer[s]) (longer[s], next[k][s]) = (sum, t);
                }
            }
            best = longer;
        }

        var timesteps = new int[steps];
        timesteps[^1] = total - 1;
        for (var k = steps - 1; k > 0; k--) timesteps[k - 1] = next[k][timesteps[k]];
        return timesteps;
    }

    /// <summary>|log| of the ratio between DDIM's factor and the exact one.</summary>
    private static double Error(double from, double to) =>
        Math.Abs((0.5 * Math.Log((1 + (to * to)) / (1 + (from * from)))) - Math.Log(1 + ((to - from) * from / (1 + (from * from)))));
}
