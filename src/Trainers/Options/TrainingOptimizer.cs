namespace MLVision.Trainers.Options;

/// <summary>The method that changes the weights after every batch.</summary>
public enum TrainingOptimizer
{
    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    /// <remarks>Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".</remarks>
    Sgd,

    /// <summary>Adam with weight decay that is separate from the gradient.</summary>
    /// <remarks>Source: Loshchilov and Hutter 2019, arXiv:1711.05101.</remarks>
    AdamW,

    /// <summary>Adam with weight decay added to the gradient: L2 regularisation, as logistic regression has it.</summary>
    /// <remarks>Source: Kingma and Ba 2015, arXiv:1412.6980; PyTorch's <c>Adam</c> with <c>weight_decay</c>.</remarks>
    Adam,
}
